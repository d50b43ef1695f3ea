import { posix } from 'node:path';
import { YamlOutputType } from 'cdk8s';
import type { Environment } from '../environment/environment';
import type { JsonObject, JsonValue } from '../json-value';
import { SpecError, type TreeProblem } from '../spec-error';
import { byEnvironment } from './by-environment';
import { chartNames } from './chart-names';
import type { RenderedChart, RenderedObject } from './documents';
import { KUSTOMIZATION_FILE, kustomization } from './kustomization';

/** Which file holds which objects, by path relative to the folder of the manifests. */
export type Layout = ReadonlyMap<string, readonly JsonObject[]>;

/** How files are named. */
export interface LayoutOptions {
  readonly type: YamlOutputType;
  /** End of every file name, such as `.k8s.yaml`. */
  readonly extension: string;
  /** Files that other apps of the program have in the same folder. */
  readonly beside: readonly string[];
}

/** One file to be. */
interface PlacedFile {
  readonly path: string;
  /** Path of the construct that it comes from. */
  readonly origin: string;
  readonly documents: readonly JsonObject[];
}

/**
 * Distributes documents over files, as cdk8s names them for each `YamlOutputType`. Those of an environment go into a
 * folder of its name, in which no file is empty, with a kustomization.yaml that lists them.
 *
 * @param charts dependencies first
 * @throws SpecError when two charts or objects would share a file: cdk8s silently drops the first
 */
export function layOut(charts: readonly RenderedChart[], options: LayoutOptions): Layout {
  const layout = new Map<string, readonly JsonObject[]>();
  const groups = byEnvironment(charts);
  const problems = sharedFolders(groups.keys());
  if (problems.length > 0) throw new SpecError(problems);
  for (const [environment, group] of groups) {
    const files = filesOf(group, options);
    for (const file of environment === undefined ? files : inFolder(environment, files, options)) {
      if (layout.has(file.path)) problems.push(sharedFile(file));
      layout.set(file.path, file.documents);
    }
  }
  if (problems.length > 0) throw new SpecError(problems);
  return layout;
}

function sharedFolders(environments: Iterable<Environment | undefined>): TreeProblem[] {
  const paths = new Map<string, string>();
  const problems: TreeProblem[] = [];
  for (const environment of environments) {
    if (environment === undefined) continue;
    const { name, node } = environment;
    const other = paths.get(name);
    if (other === undefined) paths.set(name, node.path);
    else {
      problems.push({
        path: node.path,
        message:
          `id must differ from every other environment of the app, got ${name}, which is ${other} as well. ` +
          'Rename one of them.',
      });
    }
  }
  return problems;
}

function inFolder(
  { name, node }: Environment,
  files: readonly PlacedFile[],
  { beside }: LayoutOptions,
): PlacedFile[] {
  const placed = files
    .filter(({ documents }) => documents.length > 0)
    .map((file) => ({ ...file, path: posix.join(name, file.path) }));
  if (placed.length === 0) return [];
  const own = posix.join(name, KUSTOMIZATION_FILE);
  const others = beside.filter((path) => path.startsWith(`${name}/`) && path !== own);
  const listed = new Set([...others, ...placed.map(({ path }) => path)]);
  const resources = [...listed].map((path) => posix.relative(name, path));
  return [...placed, { path: own, origin: node.path, documents: [kustomization(resources)] }];
}

function filesOf(charts: readonly RenderedChart[], { type, extension }: LayoutOptions): PlacedFile[] {
  switch (type) {
    case YamlOutputType.FILE_PER_APP:
      return [{ path: `app${extension}`, origin: '', documents: charts.flatMap(documentsOf) }];
    case YamlOutputType.FILE_PER_CHART: {
      const names = chartNames(charts);
      return charts.map((it) => ({
        path: `${names.get(it.chart)}${extension}`,
        origin: it.chart.node.path,
        documents: documentsOf(it),
      }));
    }
    case YamlOutputType.FILE_PER_RESOURCE:
      return charts.flatMap(({ objects }) =>
        objects.map((it) => ownFile(it, it.document.kind, nameIn(it.document), extension)),
      );
    case YamlOutputType.FOLDER_PER_CHART_FILE_PER_RESOURCE: {
      const names = chartNames(charts);
      return charts.flatMap(({ chart, objects }) =>
        objects.map((it) => {
          const file = ownFile(it, it.object.kind, it.object.metadata.name, extension);
          return { ...file, path: posix.join(names.get(chart) ?? '', file.path) };
        }),
      );
    }
    default:
      return type satisfies never;
  }
}

function documentsOf(chart: RenderedChart): JsonObject[] {
  return chart.objects.map(({ document }) => document);
}

function ownFile(
  { object, document }: RenderedObject,
  kind: JsonValue | undefined,
  name: JsonValue | undefined,
  extension: string,
): PlacedFile {
  const base = `${kind}.${name}`.replace(/[^0-9a-zA-Z-_.]/g, '');
  return { path: `${base}${extension}`, origin: object.node.path, documents: [document] };
}

function nameIn({ metadata }: JsonObject): JsonValue | undefined {
  return typeof metadata === 'object' && metadata !== null && 'name' in metadata ? metadata.name : undefined;
}

function sharedFile({ origin, path }: PlacedFile): TreeProblem {
  return {
    path: origin,
    message:
      `must have a file of its own, got ${path}, which is another's already. ` +
      'Rename one of them, or give CapstanApp another yamlOutputType.',
  };
}
