import { type Access, kubectl } from '../../tools/cluster/kubectl';
import { until } from '../../tools/cluster/step';

const NAMESPACE = 'argocd';

/** An object that an Application deploys, as its status has it. */
export interface DeployedObject {
  readonly group?: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly status?: string;
  readonly health?: { readonly status?: string; readonly message?: string };
}

/** The status of an Application, as far as it is looked at. */
export interface ApplicationStatus {
  readonly sync?: { readonly status?: string; readonly revision?: string };
  readonly health?: { readonly status?: string };
  readonly operationState?: {
    readonly phase?: string;
    readonly message?: string;
    readonly finishedAt?: string;
    readonly syncResult?: { readonly revision?: string; readonly resources?: readonly SyncedObject[] };
  };
  readonly resources?: readonly DeployedObject[];
  readonly conditions?: readonly { readonly type: string; readonly message: string }[];
}

/** An object of a sync, in the order in which they were applied. */
export interface SyncedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly status?: string;
  readonly message?: string;
}

/** Looks at an Application; its status is empty as long as there is none. */
export async function applicationStatus(access: Access, name: string): Promise<ApplicationStatus> {
  const args = ['get', 'applications.argoproj.io', name, '--namespace', NAMESPACE, '--ignore-not-found'];
  const printed = await kubectl(access, [...args, '--output=json']);
  return printed.trim() === '' ? {} : ((JSON.parse(printed) as { status?: ApplicationStatus }).status ?? {});
}

/**
 * Waits until an Application is as wanted.
 *
 * @throws StepError with what it is instead
 */
export async function applicationBecomes(
  access: Access,
  name: string,
  wanted: string,
  isSo: (status: ApplicationStatus) => boolean,
  seconds = 240,
): Promise<ApplicationStatus> {
  let last: ApplicationStatus = {};
  const look = async () => {
    last = await applicationStatus(access, name);
    return isSo(last) ? last : undefined;
  };
  try {
    return await until(look, { otherwise: `${name} did not become ${wanted}`, seconds });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}: ${summary(last)}`);
  }
}

/** Whether everything is as the commit has it. */
export function isSynced({ sync, operationState }: ApplicationStatus, revision: string): boolean {
  return sync?.status === 'Synced' && sync.revision === revision && operationState?.phase === 'Succeeded';
}

/** What an Application is, in a few lines. */
export function summary({
  sync,
  health,
  operationState,
  resources = [],
  conditions = [],
}: ApplicationStatus): string {
  const odd = resources.filter(
    (it) => it.status !== 'Synced' || !['Healthy', undefined].includes(it.health?.status),
  );
  return [
    `${sync?.status} at ${sync?.revision}, ${health?.status}, last sync ${operationState?.phase}: ${operationState?.message}`,
    ...odd.map(
      (it) => `${it.kind} ${it.name}: ${it.status}, ${it.health?.status} ${it.health?.message ?? ''}`,
    ),
    ...conditions.map(({ type, message }) => `${type}: ${message}`),
  ].join('\n');
}
