import { formatNumber } from '../plan/format';
import type { Problem } from '../plan/problem';
import { CONFIG_FOLDER, NAME_MAX, NAME_PATTERN } from './names';
import { payloadBytes } from './payload';
import type { WorkerProps } from './props';

const PORT_MAX = 65_535;

/**
 * What is wrong with a worker's props apart from its numbers, which the plan checks.
 *
 * @param environment variables that Capstan sets
 */
export function checkProps(
  name: string,
  props: WorkerProps,
  environment: Readonly<Record<string, string>>,
): Problem[] {
  return [
    ...checkName(name),
    ...checkOneProcess(props),
    ...checkSeeds(props),
    ...checkAttempts(props),
    ...checkEnvironment(props, environment),
    ...checkMounts(props),
    ...checkEgress(props),
  ];
}

function checkName(name: string): Problem[] {
  if (NAME_PATTERN.test(name) && name.length <= NAME_MAX) return [];
  return [
    {
      prop: 'id',
      wanted: `must be a name of at most ${NAME_MAX} lower-case letters, digits and dashes that begins with a letter`,
      got: JSON.stringify(name),
      fix: "Rename the construct: its id is the name of the worker's objects.",
    },
  ];
}

/** A folder has one process at a time, so neither an autoscaler nor a rolling update makes sense. */
function checkOneProcess({ source, scale, rollout }: WorkerProps): Problem[] {
  if (source.kind !== 'folder') return [];
  const bounds = (['min', 'max'] as const).filter((bound) => scale[bound] !== 1);
  const problems: Problem[] = bounds.map((bound) => ({
    prop: `scale.${bound}`,
    wanted: 'must be 1 with a folder as the source, since one process at a time works on a folder',
    got: formatNumber(scale[bound]),
    fix: 'Set it to 1, or take a source that several pods can share.',
  }));
  if ((rollout?.maxSurge ?? 0) !== 0) {
    problems.push({
      prop: 'rollout.maxSurge',
      wanted: 'must be 0 with a folder as the source, since one process at a time works on a folder',
      got: formatNumber(rollout?.maxSurge ?? 0),
      fix: 'Leave it out: the old pod ends before the new one starts.',
    });
  }
  return problems;
}

/** The queue refuses a seed over its bound, and the worker would not start. */
function checkSeeds({ source }: WorkerProps): Problem[] {
  if (source.kind !== 'memory') return [];
  const most = payloadBytes(source);
  return source.seeds.flatMap((seed, index) => {
    const size = Buffer.byteLength(JSON.stringify(seed));
    if (size <= most) return [];
    return {
      prop: `source.seeds[${index}]`,
      wanted: `must be ${formatNumber(most)} B (source.payload) or less as JSON`,
      got: `${formatNumber(size)} B`,
      fix: 'Raise source.payload, or store the input and name it in the seed.',
    };
  });
}

function checkAttempts({ retry }: WorkerProps): Problem[] {
  const attempts = retry?.maxAttempts;
  if (attempts === undefined || isWhole(attempts, 1, Number.MAX_SAFE_INTEGER)) return [];
  return [
    {
      prop: 'retry.maxAttempts',
      wanted: 'must be a whole number of 1 or more',
      got: formatNumber(attempts),
      fix: 'Give the attempts before the dead letter, the first one included; 1 means that nothing is tried again.',
    },
  ];
}

function checkEnvironment({ env }: WorkerProps, environment: Readonly<Record<string, string>>): Problem[] {
  const taken = Object.keys(env ?? {}).filter((variable) => variable in environment);
  return taken.map((variable) => ({
    prop: `env.${variable}`,
    wanted: 'must be left to the plan',
    got: 'a value of the program',
    fix: 'Leave it out and say what it follows from instead: resources, or concurrency.',
  }));
}

function checkMounts({ volumes, source }: WorkerProps): Problem[] {
  const taken = new Set([CONFIG_FOLDER, '/tmp', ...(source.kind === 'folder' ? [source.path] : [])]);
  return (volumes ?? []).flatMap(({ path }, index) => {
    if (!taken.has(path)) {
      taken.add(path);
      return [];
    }
    return {
      prop: `volumes[${index}].path`,
      wanted: 'must be a path that nothing else is mounted at',
      got: path,
      fix: 'Mount it elsewhere.',
    };
  });
}

function checkEgress({ egress }: WorkerProps): Problem[] {
  return (egress ?? []).flatMap(({ ports }, index) => {
    if (ports.length > 0 && ports.every((port) => isWhole(port, 1, PORT_MAX))) return [];
    return {
      prop: `egress[${index}].ports`,
      wanted: `must be one or more whole numbers from 1 to ${PORT_MAX}`,
      got: JSON.stringify(ports),
      fix: 'Name the TCP ports that the pods call.',
    };
  });
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
