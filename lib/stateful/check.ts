import type { Problem } from '../plan/problem';
import { checkImage } from '../workload/check-image';
import { CONFIG_MAP_BYTES } from '../workload/config-map-size';
import { NAME_PATTERN } from '../workload/names';
import { memberText, valueText } from '../workload/value-text';
import { checkVolumes } from './check-volumes';
import { SERVER, STATEFUL_NAME_MAX } from './names';
import type { StatefulConfig, StatefulPort, StatefulServiceProps } from './props';

/** RFC 6335, as Kubernetes reads it. */
const PORT_NAME = /^(?=.*[a-z])[a-z0-9]([a-z0-9]|-(?=[a-z0-9])){0,14}$/;
const PORT_MAX = 65_535;
const FILE_NAME = /^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/;

/** What is wrong with a stateful service's props apart from its numbers, which the plan checks. */
export function checkStateful(name: string, props: Omit<StatefulServiceProps, 'figures'>): Problem[] {
  const { image, sidecars = [], initContainers = [], claims = {}, config } = props;
  return [
    ...checkName(name),
    ...checkPorts(props),
    ...checkImage(image, 'image'),
    ...sidecars.flatMap((it, index) => checkImage(it.image, `sidecars[${index}].image`)),
    ...initContainers.flatMap((it, index) => checkImage(it.image, `initContainers[${index}].image`)),
    ...checkContainerNames(props),
    ...Object.keys(claims).flatMap(checkClaimName),
    ...checkMountedClaims(props),
    ...checkVolumes(props),
    ...(config === undefined ? [] : checkConfig(config)),
  ];
}

function checkName(name: string): Problem[] {
  if (NAME_PATTERN.test(name) && name.length <= STATEFUL_NAME_MAX) return [];
  return [
    {
      prop: 'id',
      wanted: `must be a name of at most ${STATEFUL_NAME_MAX} lower-case letters, digits and dashes that begins with a letter`,
      got: JSON.stringify(name),
      fix: "Rename the construct: its id is the name of the service's objects.",
    },
  ];
}

type Ports = Pick<StatefulServiceProps, 'ports' | 'sidecars'>;

function checkPorts({ ports, sidecars = [] }: Ports): Problem[] {
  const all = [
    ...ports.map((port, index) => ({ prop: `ports[${index}]`, port })),
    ...sidecars.flatMap((sidecar, at) =>
      (sidecar.ports ?? []).map((port, index) => ({ prop: `sidecars[${at}].ports[${index}]`, port })),
    ),
  ];
  const none: Problem[] =
    ports.length > 0
      ? []
      : [
          {
            prop: 'ports',
            wanted: 'must be one port or more',
            got: '[]',
            fix: 'Name the ports that the server listens on.',
          },
        ];
  return [
    ...none,
    ...all.flatMap(({ prop, port }, index) => [
      ...checkPort(prop, port),
      ...checkPortIsOne(
        prop,
        port,
        all.slice(0, index).map((it) => it.port),
      ),
    ]),
  ];
}

function checkPort(prop: string, { name, number }: StatefulPort): Problem[] {
  const problems: Problem[] = [];
  if (!PORT_NAME.test(name)) {
    problems.push({
      prop: `${prop}.name`,
      wanted: 'must be a name of at most 15 lower-case letters, digits and single dashes',
      got: valueText(name),
      fix: 'Rename it, such as client.',
    });
  }
  if (!Number.isInteger(number) || number < 1 || number > PORT_MAX) {
    problems.push({
      prop: `${prop}.number`,
      wanted: `must be a whole number from 1 to ${PORT_MAX}`,
      got: valueText(number),
      fix: 'Name the TCP port that the server listens on.',
    });
  }
  return problems;
}

function checkPortIsOne(prop: string, port: StatefulPort, others: readonly StatefulPort[]): Problem[] {
  return (['name', 'number'] as const).flatMap((field) =>
    others.some((other) => other[field] === port[field])
      ? {
          prop: `${prop}.${field}`,
          wanted: `must be the only one of its ${field} in the pod`,
          got: valueText(port[field]),
          fix: 'Let the two containers, or ports, differ.',
        }
      : [],
  );
}

type Containers = Pick<StatefulServiceProps, 'sidecars' | 'initContainers'>;

function checkContainerNames({ sidecars = [], initContainers = [] }: Containers): Problem[] {
  const taken = new Set([SERVER]);
  const named = [
    ...sidecars.map(({ name }, index) => ({ prop: `sidecars[${index}].name`, name })),
    ...initContainers.map(({ name }, index) => ({ prop: `initContainers[${index}].name`, name })),
  ];
  return named.flatMap(({ prop, name }) => {
    if (NAME_PATTERN.test(name) && name.length <= 63 && !taken.has(name)) {
      taken.add(name);
      return [];
    }
    return {
      prop,
      wanted: `must be a name that no other container has; ${SERVER} is the server's own`,
      got: valueText(name),
      fix: 'Rename it with lower-case letters, digits and dashes.',
    };
  });
}

function checkClaimName(name: string): Problem[] {
  if (NAME_PATTERN.test(name) && name.length <= 63) return [];
  return [
    {
      prop: memberText('claims', name),
      wanted: 'must have a name of lower-case letters, digits and dashes that begins with a letter',
      got: valueText(name),
      fix: 'Rename it, such as data.',
    },
  ];
}

function checkMountedClaims({
  claims = {},
  sidecars = [],
  initContainers = [],
}: Pick<StatefulServiceProps, 'claims' | 'sidecars' | 'initContainers'>): Problem[] {
  const users = [
    ...sidecars.map((it, index) => ({ prop: `sidecars[${index}]`, mounted: it.claims })),
    ...initContainers.map((it, index) => ({ prop: `initContainers[${index}]`, mounted: it.claims })),
  ];
  return users.flatMap(({ prop, mounted = {} }) =>
    Object.keys(mounted)
      .filter((name) => !Object.hasOwn(claims, name))
      .map((name) => ({
        prop: memberText(`${prop}.claims`, name),
        wanted: 'must be a claim of the service',
        got: `none of ${Object.keys(claims).join(', ') || 'no claims'}`,
        fix: 'Add it to claims, or correct its name.',
      })),
  );
}

function checkConfig({ files }: StatefulConfig): Problem[] {
  const names = Object.keys(files).filter((name) => !FILE_NAME.test(name));
  const problems = names.map((name) => ({
    prop: memberText('config.files', name),
    wanted: 'must have a name of letters, digits, -, _ and .',
    got: valueText(name),
    fix: 'Rename the file: a ConfigMap knows no folders.',
  }));
  const size = Object.entries(files)
    .flat()
    .reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  if (size <= CONFIG_MAP_BYTES) return problems;
  return [
    ...problems,
    {
      prop: 'config.files',
      wanted: `must be ${CONFIG_MAP_BYTES} B or less together, as much as a ConfigMap holds`,
      got: `${size} B`,
      fix: 'Shorten them, or put them into the image.',
    },
  ];
}
