import type { Problem } from '../plan/problem';
import { isMountable, normalised } from '../workload/check/mounts';
import { CONFIG_VOLUME, SCRATCH_FOLDER, SCRATCH_VOLUME } from '../workload/names';
import { memberText, valueText } from '../workload/value-text';
import { VARIABLE_PATTERN } from '../workload/variable-name';
import type { ServerContainer, StatefulServiceProps } from './props';

/** A container of a stateful service, and where its own volumes are mounted besides configuration and /tmp. */
interface Mounted {
  /** The property that the container is given in, with a dot; '' for the server itself. */
  readonly prop: string;
  readonly container: Pick<ServerContainer, 'env' | 'volumes'>;
  /** Paths of claims, by the properties that name them. */
  readonly claims: Readonly<Record<string, string>>;
}

/** What is wrong with where volumes are mounted, with their names, and with variables. */
export function checkVolumes(props: Omit<StatefulServiceProps, 'figures'>): Problem[] {
  const { config, claims = {}, sidecars = [], initContainers = [] } = props;
  const own = Object.entries(claims).map(([name, { path }]) => [`${memberText('claims', name)}.path`, path]);
  const others = (prop: string, containers: readonly (typeof sidecars)[number][] | typeof initContainers) =>
    containers.map((container, index): Mounted => {
      const at = `${prop}[${index}]`;
      const paths = Object.entries(container.claims ?? {});
      return {
        prop: `${at}.`,
        container,
        claims: Object.fromEntries(paths.map(([name, path]) => [memberText(`${at}.claims`, name), path])),
      };
    });
  const containers: Mounted[] = [
    { prop: '', container: props, claims: Object.fromEntries(own) },
    ...others('sidecars', sidecars),
    ...others('initContainers', initContainers),
  ];
  return containers.flatMap((it) => [
    ...checkPaths(it, config?.path),
    ...checkNames(it, Object.keys(claims)),
    ...checkVariableNames(it),
  ]);
}

function checkPaths({ prop, container, claims }: Mounted, config: string | undefined): Problem[] {
  const places: [prop: string, path: string][] = [
    ...(config !== undefined && prop === '' ? [['config.path', config] as [string, string]] : []),
    ...Object.entries(claims),
    ...(container.volumes ?? []).map(({ path }, index): [string, string] => [
      `${prop}volumes[${index}].path`,
      path,
    ]),
  ];
  const taken = new Set([
    SCRATCH_FOLDER,
    ...(config !== undefined && prop !== '' ? [normalised(config)] : []),
  ]);
  return places.flatMap(([place, path]) => {
    if (isMountable(path) && !taken.has(normalised(path))) {
      taken.add(normalised(path));
      return [];
    }
    return {
      prop: place,
      wanted: 'must be an absolute path below / without a colon, at which nothing else is mounted',
      got: valueText(path),
      fix: `Name another folder of the container; ${SCRATCH_FOLDER} is there already.`,
    };
  });
}

/** Pods tell volumes apart by their names. */
function checkNames({ prop, container }: Mounted, claims: readonly string[]): Problem[] {
  const taken = [CONFIG_VOLUME, SCRATCH_VOLUME, ...claims];
  return (container.volumes ?? []).flatMap(({ volume }, index) =>
    taken.includes(volume.name)
      ? {
          prop: `${prop}volumes[${index}].volume`,
          wanted: `must have a name other than ${taken.join(', ')}, which are the service's own`,
          got: volume.name,
          fix: 'Give it another name where it is made, such as Volume.fromEmptyDir(this, id, NAME).',
        }
      : [],
  );
}

function checkVariableNames({ prop, container }: Mounted): Problem[] {
  return Object.keys(container.env ?? {}).flatMap((variable) =>
    VARIABLE_PATTERN.test(variable)
      ? []
      : {
          prop: memberText(`${prop}env`, variable),
          wanted: 'must be a name of letters, digits, _, - and . that begins with no digit',
          got: JSON.stringify(variable),
          fix: 'Rename the variable: Kubernetes refuses the pods.',
        },
  );
}
