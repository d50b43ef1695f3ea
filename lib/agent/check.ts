import { posix } from 'node:path';
import { Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Environment } from '../environment/environment';
import { formatNumber } from '../plan/format';
import type { Problem } from '../plan/problem';
import { checkImage } from '../workload/check-image';
import { NAME_MAX, NAME_PATTERN } from '../workload/names';
import { bytes, cores } from '../workload/quantity';
import { valueText } from '../workload/value-text';
import { allows, neededLevels } from './needs';
import type { NodeAgentProps } from './props';

/** What is wrong with an agent's props, and with the namespace that it stands in. */
export function checkAgent(agent: IConstruct, props: NodeAgentProps): Problem[] {
  return [
    ...checkName(agent.node.id),
    ...(props.app === undefined ? checkImage(props.image, 'image') : props.app.problemsAs('program')),
    ...checkResources(props),
    ...checkPools(agent, props),
    ...checkPaths(props),
    ...checkRollout(props),
    ...checkLevel(agent, props),
  ];
}

function checkName(name: string): Problem[] {
  if (NAME_PATTERN.test(name) && name.length <= NAME_MAX) return [];
  return [
    {
      prop: 'id',
      wanted: `must be a name of at most ${NAME_MAX} lower-case letters, digits and dashes that begins with a letter`,
      got: JSON.stringify(name),
      fix: "Rename the construct: its id is the name of the agent's objects.",
    },
  ];
}

function checkResources({ resources: { cpu, memory } }: NodeAgentProps): Problem[] {
  const amounts = { 'cpu.request': cores(cpu.request), memory: bytes(memory) };
  const problems: Problem[] = Object.entries(amounts)
    .filter(([, amount]) => !(amount > 0 && Number.isFinite(amount)))
    .map(([name, amount]) => ({
      prop: `resources.${name}`,
      wanted: 'must be more than 0',
      got: formatNumber(amount),
      fix: 'Give what one pod takes of its node.',
    }));
  if (cpu.limit === undefined || cpu.limit === 'none') return problems;
  if (cores(cpu.limit) >= amounts['cpu.request']) return problems;
  return [
    ...problems,
    {
      prop: 'resources.cpu.limit',
      wanted: `must be ${formatNumber(amounts['cpu.request'])} cores (resources.cpu.request) or more`,
      got: formatNumber(cores(cpu.limit)),
      fix: 'Raise it, or lower the request.',
    },
  ];
}

function checkPools(agent: IConstruct, { nodePools = [] }: NodeAgentProps): Problem[] {
  const names = (Environment.find(agent)?.nodePools ?? []).map(({ name }) => name);
  return nodePools
    .filter((name) => !names.includes(name))
    .map((name) => ({
      prop: 'nodePools',
      wanted: `must be among the environment's (${names.length > 0 ? names.join(', ') : 'it has none'})`,
      got: JSON.stringify(name),
      fix: 'Correct the name, or describe the pool where the Environment is made.',
    }));
}

function checkPaths({ needs }: NodeAgentProps): Problem[] {
  return (needs?.hostPaths ?? []).flatMap(({ path, mountPath }, index) =>
    Object.entries({ path, mountPath }).flatMap(([field, value]) => {
      if (value === undefined) return [];
      if (posix.isAbsolute(value) && !value.split('/').includes('..') && !value.includes(':')) return [];
      return {
        prop: `needs.hostPaths[${index}].${field}`,
        wanted: 'must be an absolute path without .. and :',
        got: valueText(value),
        fix: 'Name the folder from / on, such as /var/log.',
      };
    }),
  );
}

function checkRollout({ rollout }: NodeAgentProps): Problem[] {
  const value = rollout?.maxUnavailable;
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return [];
  return [
    {
      prop: 'rollout.maxUnavailable',
      wanted: 'must be a whole number of 1 or more',
      got: formatNumber(value),
      fix: 'Give the pods that may be replaced at a time.',
    },
  ];
}

/** The namespace refuses pods below its level: the agent would stand there without any. */
function checkLevel(agent: IConstruct, { needs = {} }: NodeAgentProps): Problem[] {
  const name = Chart.of(agent).namespace;
  const namespace = Environment.find(agent)?.namespaces.find((it) => it.name === name);
  if (namespace === undefined) return [];
  const refused = neededLevels(needs).filter(({ level }) => !allows(namespace.podSecurity, level));
  const level = refused.some((it) => it.level === 'privileged') ? 'privileged' : 'baseline';
  if (refused.length === 0) return [];
  return [
    {
      prop: `needs.${refused.map(({ need }) => need).join(', needs.')}`,
      wanted: `must be allowed by Pod Security ${level} in its namespace`,
      got: `${namespace.podSecurity} in ${namespace.name}`,
      fix: `Put its chart into a namespace of that level: namespaces: [{ name: 'agents', podSecurity: '${level}' }] of the Environment.`,
    },
  ];
}
