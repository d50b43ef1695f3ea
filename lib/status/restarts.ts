import { type Fields, numberAt, objectsOf, textAt, within } from '../plan/fields';
import { containerStatuses, nameOf } from './pods';
import { secondsSince, timeAt, type WorkloadView } from './view';

/** A container that was started again. */
export interface Restart {
  readonly pod: string;
  readonly container: string;
  /** How often. */
  readonly count: number;
  /** Time since it ended last; `undefined`: nobody knows. */
  readonly secondsAgo: number | undefined;
  /** Why it ended last. */
  readonly cause: string;
}

/** What Capstan's programs mean by their exit codes: see docs/architecture.md. */
const EXIT_CODES: Readonly<Record<number, string>> = {
  1: 'it failed while running (exit code 1)',
  2: 'its configuration is wrong (exit code 2)',
  3: 'the drain deadline passed, and tasks were handed back (exit code 3)',
  4: 'it was told twice to end (exit code 4)',
  5: 'it was told to end with tasks left (exit code 5)',
};

const SIGNALS: Readonly<Record<number, string>> = {
  6: 'SIGABRT',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** Containers that were started again, the latest first. */
export function restartsOf(view: WorkloadView): Restart[] {
  return view.pods
    .flatMap((pod) => containerStatuses(pod).map((status) => ({ pod, status })))
    .filter(({ status }) => (numberAt(status, 'restartCount') ?? 0) > 0)
    .map(({ pod, status }): Restart => {
      const ended = within(status, 'lastState', 'terminated') ?? within(status, 'state', 'terminated');
      const at = timeAt(ended, 'finishedAt');
      return {
        pod: nameOf(pod),
        container: textAt(status, 'name') ?? '',
        count: numberAt(status, 'restartCount') ?? 0,
        secondsAgo: at === undefined ? undefined : secondsSince(at, view),
        cause: causeOf(ended, pod, status, view),
      };
    })
    .sort((a, b) => (a.secondsAgo ?? Number.POSITIVE_INFINITY) - (b.secondsAgo ?? Number.POSITIVE_INFINITY));
}

function causeOf(ended: unknown, pod: Fields, status: Fields, { events, workload }: WorkloadView): string {
  const name = textAt(status, 'name');
  const reason = textAt(ended, 'reason');
  if (reason === 'OOMKilled') return `out of memory${limitOf(pod, name)}`;
  const probe = failedProbe(events, nameOf(pod));
  if (probe !== undefined) return `its ${probe} probe failed`;
  const code = numberAt(ended, 'exitCode');
  if (code === undefined) return 'nobody knows';
  const isOurs = textAt(workload, 'metadata', 'labels', 'app.kubernetes.io/managed-by') === 'capstan';
  const meaning = isOurs ? EXIT_CODES[code] : undefined;
  if (meaning !== undefined) return meaning;
  if (code === 0) return 'it ended by itself (exit code 0)';
  const signal = numberAt(ended, 'signal') ?? (code > 128 ? code - 128 : 0);
  return signal > 0 ? `killed by ${SIGNALS[signal] ?? `signal ${signal}`}` : `exit code ${code}`;
}

function limitOf(pod: Fields, name: string | undefined): string {
  const container = objectsOf(within(pod, 'spec', 'containers')).find((it) => it.name === name);
  const limit = within(container, 'resources', 'limits', 'memory');
  return limit === undefined ? '' : `: its limit is ${String(limit)}`;
}

/** The kubelet says so before it restarts a container. */
function failedProbe(events: readonly Fields[], pod: string): string | undefined {
  return events
    .filter(({ involvedObject }) => textAt(involvedObject, 'name') === pod)
    .map(({ message }) => /failed (liveness|startup) probe/.exec(String(message))?.[1])
    .find((it) => it !== undefined);
}
