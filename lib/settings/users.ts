import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Environment } from '../environment/environment';
import { escapeKey } from '../json-pointer';
import type { Fields } from '../plan/fields';
import { formatProblem } from '../plan/problem';
import { type Refinement, refineFrom, set } from '../refine';
import { SpecError } from '../spec-error';
import { workloadKind } from '../workload/pod-of-document';
import type { WorkloadKind } from '../workload/pod-pointer';
import { type ConfigMapUse, configMapUses } from './references';

/** A ConfigMap whose changes have to reach the pods that use it. */
export interface FollowedSettings {
  /** The ConfigMap. */
  readonly object: ApiObject;
  readonly reload: 'restart' | 'live';
  /** Changes with what the ConfigMap holds. Asked when everything is there. */
  checksum(): string;
}

/** Kinds whose controller rolls the pods when their template changes. Jobs end by themselves, and never change. */
const ROLLED: readonly (WorkloadKind | undefined)[] = ['Deployment', 'StatefulSet', 'DaemonSet'];

const known = new WeakMap<IConstruct, Map<string, FollowedSettings>>();

/**
 * Makes every workload of the tree that uses a ConfigMap follow its changes: made before or after it, with Capstan,
 * cdk8s-plus or neither. Who uses it is seen in the final document.
 */
export function followSettings(settings: FollowedSettings): void {
  const { root } = settings.object.node;
  const all = known.get(root) ?? followAll(root);
  all.set(keyOf(settings.object, settings.object.name), settings);
}

/** Validation is the last moment before anything is rendered, when the tree is whole. */
function followAll(root: IConstruct): Map<string, FollowedSettings> {
  const all = new Map<string, FollowedSettings>();
  known.set(root, all);
  const attached = new WeakSet<ApiObject>();
  const validate = () => {
    for (const object of root.node.findAll().filter(ApiObject.isApiObject)) {
      if (attached.has(object) || workloadKind({ kind: object.kind }) === undefined) continue;
      attached.add(object);
      refineFrom(object, (document) => follow(object, document, all));
    }
    return [];
  };
  root.node.addValidation({ validate });
  return all;
}

function follow(
  object: ApiObject,
  document: Fields,
  all: ReadonlyMap<string, FollowedSettings>,
): Refinement[] {
  const uses = configMapUses(document).flatMap((use) => {
    const settings = all.get(keyOf(object, use.name));
    return settings === undefined ? [] : { ...use, settings };
  });
  const frozen = uses.filter(({ settings, as }) => settings.reload === 'live' && as !== 'folder');
  if (frozen.length > 0) {
    throw new SpecError(frozen.map((use) => ({ path: object.node.path, message: frozenMessage(use) })));
  }
  if (!ROLLED.includes(workloadKind(document))) return [];
  return uses
    .filter(({ settings }) => settings.reload === 'restart')
    .map(({ name, settings }) =>
      set(`${ANNOTATIONS}/${escapeKey(`checksum/settings-${name}`)}`, settings.checksum()),
    );
}

const ANNOTATIONS = '/spec/template/metadata/annotations';

function frozenMessage({ name, as, by }: ConfigMapUse): string {
  return formatProblem({
    prop: by,
    wanted: `must not use ${name}, which changes live: ${as === 'env' ? 'variables' : 'single files of a volume'} never change in a running pod`,
    got: as === 'env' ? 'a variable' : 'a subPath',
    fix: "Mount the whole folder, or make the settings with reload: 'restart'.",
  });
}

/** A ConfigMap is known by its cluster, namespace and name. */
function keyOf(at: ApiObject, name: string): string {
  const cluster = Environment.find(at)?.node.path;
  return JSON.stringify([cluster, at.metadata.namespace, name]);
}
