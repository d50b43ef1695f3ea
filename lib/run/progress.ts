import { Presets, SingleBar } from 'cli-progress';
import { formatQuantity } from '../plan/format';
import type { WorkerEvent } from './log-lines';

/** Shows how far a run is. */
export interface Progress {
  /** Takes what the worker says. */
  take(event: WorkerEvent): void;
  /** Ends the picture; nothing is shown after it. */
  end(): void;
}

/** Counts of a run so far. */
export interface ProgressState {
  /** Tasks known so far; grows when handlers add tasks. */
  readonly total: number;
  /** Tasks that are done, were done before, or are dead. */
  readonly settled: number;
  readonly dead: number;
}

/** Counts a worker's events and hands each new count to `show`. */
export function countProgress(show: (state: ProgressState) => void): (event: WorkerEvent) => void {
  let state: ProgressState = { total: 0, settled: 0, dead: 0 };
  return (event) => {
    if (event.kind === 'opened') {
      state = { ...state, total: event.tasks };
    } else if (event.kind === 'settled') {
      const settled = state.settled + 1;
      const dead = state.dead + (event.outcome === 'dead' ? 1 : 0);
      state = { total: Math.max(state.total, settled), settled, dead };
    } else {
      return;
    }
    show(state);
  };
}

/** What a person who ended a run waits for. */
function drainLine(name: string, upToSeconds: number): string {
  const most = formatQuantity(Math.ceil(upToSeconds), 'seconds');
  return `${name}  draining for up to ${most}; a second Ctrl-C stops running tasks and ends it at once`;
}

/** A bar that redraws its line, and is begun anew below what is printed. */
export function barProgress(name: string, print: (line: string) => void): Progress {
  const format = `${name} {bar} {value}/{total} tasks, {dead} failed, {duration_formatted}`;
  const bar = new SingleBar({ format, hideCursor: true, linewrap: false, fps: 10 }, Presets.shades_classic);
  const count = countProgress(({ total, settled, dead }) => {
    if (!bar.isActive) bar.start(total, settled, { dead });
    bar.setTotal(total);
    bar.update(settled, { dead });
  });
  const end = () => {
    if (bar.isActive) bar.stop();
  };
  const take = (event: WorkerEvent) => {
    if (event.kind !== 'draining') return count(event);
    end();
    print(drainLine(name, event.upToSeconds));
  };
  return { take, end };
}

const STEPS = 10;
/** Where the number of tasks is not known before, a line for each so many. */
const OPEN_STEP = 100;

/** A line for each tenth of the tasks, for logs. */
export function lineProgress(name: string, print: (line: string) => void): Progress {
  let expected = 0;
  let shown = 0;
  const count = countProgress(({ total, settled, dead }) => {
    if (settled === 0) {
      expected = total;
      print(`${name}  ${total} ${total === 1 ? 'task' : 'tasks'}`);
      return;
    }
    const isOpen = total > expected;
    const step = isOpen ? Math.floor(settled / OPEN_STEP) : Math.floor((settled * STEPS) / total);
    if (step === shown) return;
    shown = step;
    print(`${name}  ${isOpen ? settled : `${settled}/${total}`} tasks, ${dead} failed`);
  });
  const take = (event: WorkerEvent) => {
    if (event.kind === 'draining') print(drainLine(name, event.upToSeconds));
    else count(event);
  };
  return { take, end: () => undefined };
}

/** Shows nothing. */
export const NO_PROGRESS: Progress = { take: () => undefined, end: () => undefined };
