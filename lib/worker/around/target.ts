import { ApiObject } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { messageOf } from '../../command-error';
import type { JsonObject } from '../../json-value';
import { type Fields, objectsOf, within } from '../../plan/fields';
import type { Problem } from '../../plan/problem';
import { valueText } from '../../workload/value-text';

/** A Deployment that others made, and the container that is planned. */
export interface Target {
  /** The Deployment itself; a stand-in when there is none, and then there are problems. */
  readonly object: ApiObject;
  /** The cdk8s-plus Deployment, where it is one. */
  readonly deployment: Deployment | undefined;
  readonly name: string;
  /** `undefined` where the chart names none. */
  readonly namespace: string | undefined;
  /** Name of the container. */
  readonly container: string;
  readonly problems: readonly Problem[];
}

/** How a target is named. */
export interface TargetNames {
  readonly deployment?: string | undefined;
  readonly container?: string | undefined;
}

/** The Deployment that a target is, or has below it, and the container in it. */
export function findTarget(target: IConstruct, names: TargetNames): Target | Problem {
  const found = findDeployment(target, names.deployment);
  if (!('object' in found)) return found;
  const rendered = render(found.object);
  const document = typeof rendered === 'string' ? {} : rendered;
  const { container, problems } =
    typeof rendered === 'string'
      ? { container: '', problems: [incomplete(rendered)] }
      : findContainerName(document, names.container);
  const { name, namespace } = metadataOf(document);
  return { ...found, name: name ?? found.object.name, namespace, container, problems };
}

/** The document of an object as it is now; nothing stands in it where it cannot be rendered. */
export function documentOf(object: ApiObject): JsonObject {
  const rendered = render(object);
  return typeof rendered === 'string' ? {} : rendered;
}

/** The document of an object as it is now, or why it cannot be rendered. */
export function render(object: ApiObject): JsonObject | string {
  try {
    return object.toJson() as JsonObject;
  } catch (error) {
    return messageOf(error);
  }
}

function incomplete(reason: string): Problem {
  return {
    prop: 'Worker.around',
    wanted: 'must come when the Deployment is complete',
    got: reason.replace(/\.$/, ''),
    fix: 'Add what it lacks before.',
  };
}

function metadataOf(document: Fields): { name: string | undefined; namespace: string | undefined } {
  const text = (field: string) => {
    const value = within(document, 'metadata', field);
    return typeof value === 'string' ? value : undefined;
  };
  return { name: text('name'), namespace: text('namespace') };
}

type FoundDeployment = Pick<Target, 'object' | 'deployment'>;

function findDeployment(target: IConstruct, name: string | undefined): FoundDeployment | Problem {
  const all = target.node.findAll().filter(isDeployment);
  const [found, ...others] = all.filter((it) => name === undefined || it.name === name);
  if (found === undefined || others.length > 0) return notOne(target, name, all);
  const plus = found.node.scope;
  return { object: found, deployment: plus instanceof Deployment ? plus : undefined };
}

function isDeployment(construct: IConstruct): construct is ApiObject {
  return ApiObject.isApiObject(construct) && construct.kind === 'Deployment' && construct.apiGroup === 'apps';
}

function notOne(target: IConstruct, name: string | undefined, all: readonly ApiObject[]): Problem {
  const names = all.map((it) => it.name).join(', ');
  if (name !== undefined && all.length > 0) {
    return {
      prop: 'deployment',
      wanted: `must be one of ${names}`,
      got: valueText(name),
      fix: 'Correct the name.',
    };
  }
  const itself = ApiObject.isApiObject(target) ? `a ${target.kind}` : 'none';
  return {
    prop: 'deployment',
    wanted: 'must be the only apps/v1 Deployment of the target, or be named',
    got: all.length === 0 ? itself : names,
    fix:
      all.length === 0
        ? 'Give a cdk8s-plus Deployment, the ApiObject of one, or an Include or Helm with one in it.'
        : "Name it: deployment: '…'.",
  };
}

function findContainerName(
  document: Fields,
  wanted: string | undefined,
): { container: string; problems: Problem[] } {
  const names = objectsOf(within(document, 'spec', 'template', 'spec', 'containers')).map((it) =>
    String(it.name),
  );
  const [first = ''] = names;
  if (wanted === undefined ? names.length === 1 : names.includes(wanted)) {
    return { container: wanted ?? first, problems: [] };
  }
  const problem: Problem = {
    prop: 'container',
    wanted: names.length === 0 ? 'must be in the Deployment' : `must be one of ${names.join(', ')}`,
    got: names.length === 0 ? 'no containers' : valueText(wanted),
    fix:
      names.length === 0 ? 'Add the containers before Worker.around.' : 'Name the one that runs the tasks.',
  };
  return { container: wanted ?? first, problems: [problem] };
}
