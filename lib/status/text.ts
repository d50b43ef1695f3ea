import { formatNumber, formatQuantity } from '../plan/format';
import { cut, type Paint, paintFor } from '../terminal/paint';
import type { Draining, PodCounts } from './pods';
import type { Rollout } from './rollout';
import type { MetricWish, Scaling } from './scaling';
import type { WorkloadStatus } from './status';

/** How a status is shown. */
export interface StatusStyle {
  /** Characters of a line. */
  readonly width: number;
  readonly colors: boolean;
}

const LABEL = 12;
const BAR = 20;
const MOST_DOTS = 40;
const MOST_RESTARTS = 3;

/** A workload for people. */
export function statusText(status: WorkloadStatus, { width, colors }: StatusStyle): string {
  const paint = paintFor(colors);
  const { namespace, name, kind, scaling } = status;
  const by = scaling === undefined ? '' : ` · scaled by HorizontalPodAutoscaler ${scaling.autoscaler}`;
  const rows: readonly [string, string][] = [
    ['pods', podsText(status, paint)],
    ...slotRows(status, paint),
    ...scalingRows(status, width, paint),
    ['rollout', rolloutText(status.rollout, paint)],
    ...drainRows(status, paint),
    ...restartRows(status, paint),
    ...planRows(status, paint),
    ...status.troubles.map((text): [string, string] => ['', paint('red', cut(text, width - LABEL - 2))]),
  ];
  const title = `${paint('bold', `${namespace}/${name}`)}  ${paint('dim', `${kind}${by}`)}`;
  return [title, ...rows.map(([label, text]) => `  ${paint('dim', label.padEnd(LABEL))}${text}`)].join('\n');
}

function podsText({ pods, scaling, planned }: WorkloadStatus, paint: Paint): string {
  const { wanted, ready, starting, pending, ending, ended } = pods;
  const others = [
    [starting, 'starting'],
    [pending, 'without a node'],
    [ending, 'ending'],
    [ended, 'ended'],
  ] as const;
  const counts = [
    `${ready} of ${wanted} ready`,
    ...others.flatMap(([count, what]) => (count > 0 ? `${count} ${what}` : [])),
  ];
  const bounds = scaling === undefined ? '' : paint('dim', `  (${scaling.min} to ${scaling.max})`);
  const most = planned?.figures.maxReplicas;
  const plan =
    scaling === undefined && most !== undefined ? paint('dim', `  (planned up to ${most.value})`) : '';
  return `${dots(pods, paint)}${counts.join(', ')}${bounds}${plan}`;
}

function dots({ wanted, ready, starting, pending, ending }: PodCounts, paint: Paint): string {
  const missing = Math.max(0, wanted - ready - starting - pending);
  if (ready + starting + pending + ending + missing > MOST_DOTS) return '';
  const all = [
    paint('green', '●'.repeat(ready)),
    paint('yellow', '◐'.repeat(starting)),
    paint('yellow', '○'.repeat(pending)),
    paint('dim', '·'.repeat(missing)),
    paint('magenta', '◌'.repeat(ending)),
  ].join('');
  return all === '' ? '' : `${all}  `;
}

function slotRows({ slots, backlog }: WorkloadStatus, paint: Paint): [string, string][] {
  const rows: [string, string][] = [];
  if (slots !== undefined) {
    const share = slots.all === 0 ? 0 : Math.min(1, slots.busy / slots.all);
    const full = Math.round(share * BAR);
    const bar = `${paint(share > 0.9 ? 'yellow' : 'green', '█'.repeat(full))}${paint('dim', '░'.repeat(BAR - full))}`;
    const percent = formatNumber(Math.round(share * 100));
    rows.push([
      'slots',
      `${bar}  ${formatNumber(slots.busy)} of ${formatNumber(slots.all)} busy, ${percent} %`,
    ]);
  }
  if (backlog !== undefined) {
    const { tasks, perSecond, drainSeconds, source } = backlog;
    const rate = perSecond === undefined ? '' : ` at ${formatQuantity(perSecond, 'tasks/s')} (${source})`;
    const when =
      tasks === 0
        ? ''
        : drainSeconds === undefined
          ? ', and no pod works it off'
          : `, worked off in ${duration(drainSeconds)}${rate}`;
    rows.push(['backlog', `${formatQuantity(tasks, 'tasks')}${when}`]);
  }
  return rows;
}

function scalingRows({ scaling }: WorkloadStatus, width: number, paint: Paint): [string, string][] {
  if (scaling === undefined) return [];
  const { current, desired, wanted, metrics, held, changedSecondsAgo } = scaling;
  const goes = desired === current ? `stays at ${pods(current)}` : `goes from ${current} to ${pods(desired)}`;
  const asked = wanted === undefined ? 'its metrics say nothing yet' : `its metrics ask for ${pods(wanted)}`;
  const ago =
    changedSecondsAgo === undefined ? '' : paint('dim', ` (last change ${duration(changedSecondsAgo)} ago)`);
  const longest = Math.max(...metrics.map(({ name }) => name.length));
  return [
    ['scaling', `${asked}; it ${goes}${ago}`],
    ...metrics.map((metric): [string, string] => ['', metricText(metric, longest)]),
    ...heldRows(scaling, width, paint),
    ...(held === undefined && wanted !== undefined && wanted !== current && desired === current
      ? ([['', paint('dim', 'it will act when it looks again')]] as [string, string][])
      : []),
  ];
}

function metricText({ name, type, value, target, pods: wish }: MetricWish, width: number): string {
  const unit = type === 'Utilization' ? ' %' : '';
  const each = type === 'AverageValue' ? ' a pod' : '';
  const seen = value === undefined ? 'not read' : `${formatNumber(value)}${unit}`;
  const asks = wish === undefined ? 'asks for nothing' : `asks for ${pods(wish)}`;
  return `${name.padEnd(width)}  ${`${seen} of ${formatNumber(target)}${unit}${each}`.padEnd(22)}  ${asks}`;
}

function heldRows({ held }: Scaling, width: number, paint: Paint): [string, string][] {
  if (held === undefined) return [];
  const color = held.by === 'metric' || held.by === 'error' || held.by === 'max' ? 'red' : 'cyan';
  const by = `held by ${HELD_BY[held.by]}`;
  return [['', `${paint(color, by)}: ${cut(held.text, width - LABEL - by.length - 4)}`]];
}

const HELD_BY = {
  metric: 'a metric',
  tolerance: 'its tolerance',
  stabilization: 'its stabilization window',
  policy: 'its policy',
  min: 'its minimum',
  max: 'its maximum',
  zero: 'zero pods',
  error: 'an error',
} as const;

function rolloutText({ state, text }: Rollout, paint: Paint): string {
  const color = state === 'done' ? 'green' : state === 'stuck' ? 'red' : 'yellow';
  return `${paint(color, state)}  ${text}`;
}

function drainRows({ draining, lastDrain }: WorkloadStatus, paint: Paint): [string, string][] {
  const [longest] = draining;
  const rows: [string, string][] = [];
  if (longest !== undefined) {
    const count = draining.length === 1 ? '' : `${draining.length} pods; the longest, `;
    rows.push(['drain', `${count}${drainText(longest, 'since', paint)}`]);
  }
  if (lastDrain !== undefined) {
    rows.push([longest === undefined ? 'drain' : '', `last: ${drainText(lastDrain, 'took', paint)}`]);
  }
  return rows;
}

function drainText({ pod, seconds, graceSeconds }: Draining, word: 'since' | 'took', paint: Paint): string {
  const time = `${duration(seconds)} of ${duration(graceSeconds)}`;
  const color = seconds > graceSeconds ? 'red' : seconds > 0.8 * graceSeconds ? 'yellow' : 'green';
  return `${pod}, ${word === 'since' ? 'for ' : ''}${paint(color, time)}`;
}

function restartRows({ restarts }: WorkloadStatus, paint: Paint): [string, string][] {
  const total = restarts.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return [];
  const lines = restarts.slice(0, MOST_RESTARTS).map(({ pod, count, secondsAgo, cause }) => {
    const when = secondsAgo === undefined ? '' : `, ${duration(secondsAgo)} ago`;
    return `${pod}  ${count} ×${when}: ${paint('yellow', cause)}`;
  });
  const more = restarts.length - lines.length;
  const all = more > 0 ? [...lines, `and ${more} more containers`] : lines;
  return all.map((line, index) => [index === 0 ? 'restarts' : '', line]);
}

function planRows({ deviations }: WorkloadStatus, paint: Paint): [string, string][] {
  return deviations.map(({ figure, planned, live }, index) => [
    index === 0 ? 'plan' : '',
    `${figure} is ${paint('yellow', live)}, planned ${planned}`,
  ]);
}

function pods(count: number): string {
  return formatQuantity(count, 'pods');
}

/** Seconds for people: `45 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (seconds < 10 && !Number.isInteger(seconds))
    return formatQuantity(Math.round(seconds * 10) / 10, 'seconds');
  const steps = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ] as const;
  const first = steps.findIndex(([size]) => whole >= size);
  if (first < 0) return '0 s';
  const [[size, unit] = [1, 's'], next] = [steps[first], steps[first + 1]];
  const rest = next === undefined ? 0 : Math.floor((whole % size) / next[0]);
  const head = `${Math.floor(whole / size)} ${unit}`;
  return next === undefined || rest === 0 ? head : `${head} ${rest} ${next[1]}`;
}
