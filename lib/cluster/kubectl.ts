import { runToEnd } from '../child-process';
import { CommandError, EXIT } from '../command-error';
import { fieldsOf, objectsOf, textAt } from '../plan/fields';

/** Which cluster is meant. */
export interface ClusterChoice {
  /**
   * Context of the kubeconfig.
   * @default the current one
   */
  readonly context?: string;
}

/** What the kubeconfig says about a cluster. */
export interface ClusterContext {
  /** What messages call it. */
  readonly name: string;
  /** Namespace of what names none. */
  readonly namespace: string;
}

/** What to tell somebody who has no kubectl. */
export const INSTALL = 'Install kubectl: a cluster is reached through it, with its kubeconfig.';

const ANSWER_SECONDS = 120;

/** Arguments that name the cluster. */
export function contextArguments({ context }: ClusterChoice): string[] {
  return context === undefined ? [] : ['--context', context];
}

/**
 * Runs kubectl to its end, which has to succeed; gives what it printed.
 *
 * @throws CommandError with what it said
 */
export async function kubectl(choice: ClusterChoice, args: readonly string[], input = ''): Promise<string> {
  const ended = await runToEnd({
    command: 'kubectl',
    args: [...contextArguments(choice), ...args],
    input,
    timeoutSeconds: ANSWER_SECONDS,
    install: INSTALL,
  });
  if (ended.code === 0) return ended.stdout;
  throw new CommandError(`kubectl ${args.slice(0, 2).join(' ')}: ${oneLine(ended.stderr)}`, EXIT.failed);
}

/**
 * What the kubeconfig says about the cluster that is meant.
 *
 * @throws CommandError when it has no such context
 */
export async function clusterContext(choice: ClusterChoice): Promise<ClusterContext> {
  const args = [...contextArguments(choice), 'config', 'view', '--minify', '-o', 'json'];
  const ended = await runToEnd({
    command: 'kubectl',
    args,
    timeoutSeconds: ANSWER_SECONDS,
    install: INSTALL,
  });
  // In a pod there is no kubeconfig, and kubectl finds the cluster all the same.
  if (ended.code !== 0 && choice.context === undefined) return { name: 'this cluster', namespace: 'default' };
  if (ended.code !== 0) {
    throw new CommandError(
      `--context must be in the kubeconfig, got ${choice.context}: ${oneLine(ended.stderr)}.`,
    );
  }
  const config = fieldsOf(JSON.parse(ended.stdout));
  const [context] = objectsOf(config?.contexts);
  return {
    name: textAt(config, 'current-context') ?? 'this cluster',
    namespace: textAt(context, 'context', 'namespace') ?? 'default',
  };
}

function oneLine(text: string): string {
  return text.trim().split('\n').slice(-3).join('; ').replace(/\.$/, '');
}
