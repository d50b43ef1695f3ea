import { join } from 'node:path';
import { type Ended, runToEnd } from './run';
import { StepError } from './step';

/** Where a cluster is reached, and with which kubectl. */
export interface Access {
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
  /** Folder of the programs of Kubernetes. */
  readonly programs: string;
}

/** Runs kubectl to its end, however it ends. */
export function tryKubectl(
  { kubeconfig, programs }: Access,
  args: readonly string[],
  input?: string,
  timeoutSeconds?: number,
): Promise<Ended> {
  const all = ['--kubeconfig', kubeconfig, ...args];
  return runToEnd({ program: join(programs, 'kubectl'), args: all, input, timeoutSeconds });
}

/**
 * Runs kubectl, which has to succeed; gives what it printed.
 *
 * @throws StepError with what it said, in one line
 */
export async function kubectl(
  access: Access,
  args: readonly string[],
  input?: string,
  timeoutSeconds?: number,
): Promise<string> {
  const { code, stdout, stderr } = await tryKubectl(access, args, input, timeoutSeconds);
  if (code === 0) return stdout;
  const said = stderr.trim().split('\n').slice(-3).join('; ');
  throw new StepError(`\`kubectl ${args.slice(0, 4).join(' ')}\` ended with ${code}: ${said}`);
}

/** Applies objects on the server's side, as an owner of its own. */
export async function applyObjects(access: Access, objects: readonly object[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=capstan-cluster', '-f', '-'];
  await kubectl(access, apply, list);
}
