import type { Problem } from '../plan/problem';
import { checkClusterAllowed, checkDefaultNamespace, checkRepositoryAllowed } from './check-project';
import { checkPath, checkRepository, checkRevision, checkText } from './check-source';
import { IN_CLUSTER } from './destination';
import type {
  ArgoApplicationProps,
  ArgoApplicationSetProps,
  ArgoDelivery,
  ArgoIgnored,
  ArgoPlace,
  ArgoPlaces,
  ArgoRepository,
} from './props';

/** What is wrong with the props of an Application. */
export function checkApplication(props: ArgoApplicationProps): Problem[] {
  const { project, source, cluster } = props;
  return [
    ...checkDelivery(props, source),
    ...checkPath('source.path', source.path, 'dist/staging'),
    ...checkCluster(project, cluster, 'cluster'),
    ...checkDefaultNamespace(props, cluster ?? IN_CLUSTER),
  ];
}

/** What is wrong with the props of an ApplicationSet. */
export function checkApplicationSet(props: ArgoApplicationSetProps): Problem[] {
  return [...checkDelivery(props, props.source), ...checkEach(props)];
}

function checkDelivery({ project, sync, ignored = [] }: ArgoDelivery, source: ArgoRepository): Problem[] {
  const retries = typeof sync === 'object' ? sync.retries : undefined;
  return [
    ...(typeof project === 'string' ? checkText('project', project, 'Name the AppProject.') : []),
    ...checkRepository('source.repository', source.repository),
    ...checkRepositoryAllowed(project, source.repository),
    ...checkRevision('source.revision', source.revision),
    ...(retries === undefined ? [] : checkRetries(retries)),
    ...ignored.flatMap((it, index) => checkIgnored(`ignored[${index}]`, it)),
  ];
}

function checkCluster(
  project: ArgoDelivery['project'],
  cluster: string | undefined,
  prop: string,
): Problem[] {
  const empty = checkText(prop, cluster, 'Name it, or leave it out.');
  return empty.length > 0 ? empty : checkClusterAllowed(project, cluster, prop);
}

function checkRetries(retries: number): Problem[] {
  if (Number.isSafeInteger(retries) && retries >= 0) return [];
  return [
    {
      prop: 'sync.retries',
      wanted: 'must be a whole number of 0 or more',
      got: String(retries),
      fix: 'Take 0 for none.',
    },
  ];
}

function checkIgnored(prop: string, { pointers, reason, kind }: ArgoIgnored): Problem[] {
  return [
    ...checkText(`${prop}.kind`, kind, 'Name the kind.'),
    ...checkText(
      `${prop}.reason`,
      reason,
      'Say in one sentence who writes the fields, and why that is right.',
    ),
    ...(pointers.length === 0 ? [noPointer(`${prop}.pointers`, 'none')] : []),
    ...pointers.flatMap((pointer, index) =>
      isField(pointer) ? [] : noPointer(`${prop}.pointers[${index}]`, JSON.stringify(pointer)),
    ),
  ];
}

/** A whole part of an object is more than one field that somebody else writes. */
function isField(pointer: string): boolean {
  return /^(\/([^~/]|~[01])+)+$/.test(pointer) && !['/spec', '/metadata', '/data'].includes(pointer);
}

function noPointer(prop: string, got: string): Problem {
  return {
    prop,
    wanted: 'must be a JSON pointer to a field below /spec, /metadata or /data',
    got,
    fix: 'Name only what somebody else writes: all that is ignored can change unseen.',
  };
}

function checkEach(props: ArgoApplicationSetProps): Problem[] {
  const { project, each } = props;
  switch (each.kind) {
    case 'places':
      return checkPlaces(props, each);
    case 'clusters':
      return [
        ...checkLabels(each.labels),
        ...checkPath('each.path', each.path, 'dist/edge'),
        ...checkDefaultNamespace(props),
      ];
    case 'folders':
      return [
        ...checkDefaultNamespace(props, each.cluster),
        ...checkPath('each.path', each.path, 'dist/*'),
        ...(each.except ?? []).flatMap((it, index) => checkPath(`each.except[${index}]`, it, 'dist/dev')),
        ...(each.cluster === undefined ? [] : checkCluster(project, each.cluster, 'each.cluster')),
      ];
    default:
      return each satisfies never;
  }
}

/** Without labels every cluster would get it, that of Argo CD too. */
function checkLabels(labels: Readonly<Record<string, string>>): Problem[] {
  if (Object.keys(labels).length > 0) return [];
  return [
    {
      prop: 'each.labels',
      wanted: 'must have one or more: every cluster that Argo CD knows would match',
      got: 'none',
      fix: 'Label the clusters that are meant, and name the label.',
    },
  ];
}

function checkPlaces(props: ArgoDelivery, { places }: ArgoPlaces): Problem[] {
  if (places.length === 0) {
    const fix = 'Name a place, or leave the ApplicationSet out.';
    return [{ prop: 'each.places', wanted: 'must have one or more', got: 'none', fix }];
  }
  return places.flatMap((place, index) => [
    ...checkPath(`each.places[${index}].path`, place.path, 'dist/staging'),
    ...checkRevision(`each.places[${index}].revision`, place.revision),
    ...checkCluster(props.project, place.cluster, `each.places[${index}].cluster`),
    ...checkDefaultNamespace(props, place.cluster ?? IN_CLUSTER),
    ...checkPlaceName(places, place, index),
  ]);
}

function checkPlaceName(places: readonly ArgoPlace[], { name }: ArgoPlace, index: number): Problem[] {
  const prop = `each.places[${index}].name`;
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) {
    const wanted = 'must be a name of lower-case letters, digits, dashes and dots';
    return [{ prop, wanted, got: JSON.stringify(name), fix: 'Rename it.' }];
  }
  if (places.findIndex((other) => other.name === name) === index) return [];
  return [{ prop, wanted: 'must differ from every other place', got: name, fix: 'Rename one of them.' }];
}
