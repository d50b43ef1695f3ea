import { join } from 'node:path';
import { Names, YamlOutputType } from 'cdk8s';
import type { JsonObject } from '../json-value';
import { SpecError, type TreeProblem } from '../spec-error';
import type { RenderedChart, RenderedObject, RenderedTree } from './documents';

/** Which file holds which objects, as cdk8s names them for each `YamlOutputType`. */
export type Layout = ReadonlyMap<string, readonly JsonObject[]>;

/** How files are named. */
export interface LayoutOptions {
  readonly type: YamlOutputType;
  /** End of every file name, such as `.k8s.yaml`. */
  readonly extension: string;
}

/**
 * Distributes documents over files.
 *
 * @throws SpecError when two objects would share a file that holds one: cdk8s silently drops the first
 */
export function layOut(tree: RenderedTree, { type, extension }: LayoutOptions): Layout {
  switch (type) {
    case YamlOutputType.FILE_PER_APP: {
      const all = tree.charts.flatMap((chart) => documents(chart));
      return new Map(tree.charts.length > 0 ? [[`app${extension}`, all]] : []);
    }
    case YamlOutputType.FILE_PER_CHART:
      return new Map(named(tree).map(({ name, chart }) => [`${name}${extension}`, documents(chart)]));
    case YamlOutputType.FILE_PER_RESOURCE:
      return onePerFile(
        tree.charts.flatMap(({ objects }) => objects.map((object) => ({ folder: '', object }))),
        extension,
      );
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE:
      return onePerFile(
        named(tree).flatMap(({ name, chart }) => chart.objects.map((object) => ({ folder: name, object }))),
        extension,
      );
    default:
      return type satisfies never;
  }
}

function documents(chart: RenderedChart): JsonObject[] {
  return chart.objects.map(({ document }) => document);
}

/** Charts with their names; a number stands before them when they have to be applied in order. */
function named(tree: RenderedTree): { name: string; chart: RenderedChart }[] {
  return tree.charts.map((chart, index) => {
    const name = Names.toDnsLabel(chart.chart);
    return { name: tree.ordered ? `${String(index).padStart(4, '0')}-${name}` : name, chart };
  });
}

function onePerFile(
  entries: readonly { folder: string; object: RenderedObject }[],
  extension: string,
): Layout {
  const files = new Map<string, readonly JsonObject[]>();
  const problems: TreeProblem[] = [];
  for (const { folder, object } of entries) {
    const base = `${object.object.kind}.${object.object.name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
    const file = join(folder, `${base}${extension}`);
    if (files.has(file)) problems.push(sharedFile(object, file));
    files.set(file, [object.document]);
  }
  if (problems.length > 0) throw new SpecError(problems);
  return files;
}

function sharedFile({ object }: RenderedObject, file: string): TreeProblem {
  return {
    path: object.node.path,
    message:
      `yamlOutputType must give every object a file of its own, got ${file} for two. ` +
      'Use FILE_PER_CHART or FOLDER_PER_CHART_FILE_PER_RESOURCE.',
  };
}
