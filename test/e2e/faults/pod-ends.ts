import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../../../tools/cluster/step';
import { session } from '../session';

/** How a pod that was told to go ended. */
export interface PodEnd {
  readonly pod: string;
  /** Seconds from when it was told until its container had ended. */
  readonly seconds: number;
  /** Seconds that its manifest gives it. */
  readonly grace: number;
  readonly exitCode: number;
}

/** The ends that are not as planned: by force, with a failure, or after the grace. */
export function badEnds(ends: readonly PodEnd[]): readonly PodEnd[] {
  return ends.filter(({ seconds, grace, exitCode }) => exitCode !== 0 || seconds > grace);
}

const FIELDS = [
  '.metadata.name',
  '.metadata.deletionTimestamp',
  '.metadata.deletionGracePeriodSeconds',
  '.spec.terminationGracePeriodSeconds',
  '.status.containerStatuses[0].state.terminated.finishedAt',
  '.status.containerStatuses[0].state.terminated.exitCode',
];

/** Watches how the pods of a selector end, from its making on until {@link end}. */
export class PodEnds {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly ends = new Map<string, PodEnd>();
  private readonly told = new Set<string>();
  private rest = '';

  constructor(namespace: string, selector: string) {
    const { kubeconfig, programs } = session().access;
    const columns = `${FIELDS.map((field) => `{${field}}`).join('|')}{"\\n"}`;
    const args = ['--kubeconfig', kubeconfig, '-n', namespace, 'get', 'pods', '-l', selector, '--watch'];
    this.child = spawn(join(programs, 'kubectl'), [...args, `--output=jsonpath=${columns}`]);
    this.child.stdout.setEncoding('utf8').on('data', (part: string) => {
      const lines = `${this.rest}${part}`.split('\n');
      this.rest = lines.pop() ?? '';
      for (const line of lines) this.note(line);
    });
  }

  private note(line: string): void {
    const [pod = '', deletion = '', deletionGrace = '', grace, finished = '', exitCode] = line.split('|');
    if (deletion === '') return;
    this.told.add(pod);
    if (finished === '') return;
    const told = Date.parse(deletion) / 1000 - Number(deletionGrace);
    const seconds = Date.parse(finished) / 1000 - told;
    this.ends.set(pod, { pod, seconds, grace: Number(grace), exitCode: Number(exitCode) });
  }

  /** The ends that have been seen by now. */
  private get seen(): readonly PodEnd[] {
    return [...this.ends.values()];
  }

  /** The pods that were told to go, and whose end was not seen. */
  private get unseen(): readonly string[] {
    return [...this.told].filter((pod) => !this.ends.has(pod));
  }

  /** Waits until all ends have been seen of pods that were told to go. */
  async all(): Promise<readonly PodEnd[]> {
    await until(() => this.unseen.length === 0, { otherwise: 'an end was not seen', seconds: 20 });
    return this.seen;
  }

  /** Watches no more. */
  async end(): Promise<void> {
    const closed = new Promise((settle) => this.child.on('close', settle));
    this.child.kill();
    await closed;
  }
}
