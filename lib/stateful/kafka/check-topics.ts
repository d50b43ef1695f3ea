import { formatNumber, formatQuantity } from '../../plan/format';
import type { Problem } from '../../plan/problem';
import { bytes } from '../../workload/quantity';
import type { DeclaredTopic } from './topic';

/** Legal names (Kafka, `Topic.validate`), without what metrics cannot tell apart. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9.-]{0,248}$/;

/** Where topics lie. */
export interface TopicGround {
  readonly members: number;
  /** What the logs of one member may take. */
  readonly logRoom: number;
}

/** What is wrong with the topics of a cluster, each by itself and all together. */
export function checkTopics(topics: readonly DeclaredTopic[], ground: TopicGround): Problem[] {
  return [
    ...topics.flatMap((topic, index) => checkTopic(topic, topics.slice(0, index), ground)),
    ...checkRoom(topics, ground),
  ];
}

function checkTopic(
  { name, partitions, copies }: DeclaredTopic,
  others: readonly DeclaredTopic[],
  { members }: TopicGround,
): Problem[] {
  const prop = `topic('${name}')`;
  const problems: Problem[] = [];
  if (!NAME.test(name)) {
    problems.push({
      prop,
      wanted: 'must have a name of letters, digits, dots and dashes that begins with a letter or a digit',
      got: JSON.stringify(name),
      fix: 'Rename it.',
    });
  }
  if (others.some((other) => other.name === name)) {
    problems.push({
      prop,
      wanted: 'must be declared once',
      got: 'a second declaration',
      fix: 'Keep the first one, and pass on what topic() returned.',
    });
  }
  if (!Number.isInteger(partitions) || partitions < 1) {
    problems.push({
      prop: `${prop}.partitions`,
      wanted: 'must be a whole number of 1 or more',
      got: formatNumber(partitions),
      fix: 'Give as many as pods shall work at the same time.',
    });
  }
  if (!Number.isInteger(copies) || copies < 1 || copies > members) {
    problems.push({
      prop: `${prop}.copies`,
      wanted: `must be a whole number from 1 to ${formatNumber(members)} (replicas), since each lies on another member`,
      got: formatNumber(copies),
      fix: 'Lower it, or raise replicas.',
    });
  }
  return problems;
}

/** Members share partitions evenly at best, so the sum alone can prove that something does not fit. */
function checkRoom(topics: readonly DeclaredTopic[], { members, logRoom }: TopicGround): Problem[] {
  const parts = topics.map(({ name, partitions, copies, maxBytes }) => ({
    name,
    size: partitions * copies * bytes(maxBytes),
  }));
  const sum = parts.reduce((total, { size }) => total + size, 0);
  if (sum <= members * logRoom) return [];
  const shown = parts.map(({ name, size }) => `${formatQuantity(size, 'bytes')} (${name})`).join(' + ');
  return [
    {
      prop: 'storage',
      wanted: `must hold all copies of all partitions: ${shown} = ${formatQuantity(sum, 'bytes')}`,
      got:
        `${formatNumber(members)} × ${formatQuantity(logRoom, 'bytes')} (replicas × logRoom) = ` +
        formatQuantity(members * logRoom, 'bytes'),
      fix: 'Raise storage, or lower maxBytes, partitions or copies of a topic.',
    },
  ];
}
