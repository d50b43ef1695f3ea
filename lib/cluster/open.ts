import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startError } from '../child-process';
import { CommandError, EXIT } from '../command-error';
import { type ClusterApi, SocketApi, saidIn } from './api';
import { type ClusterChoice, contextArguments, INSTALL } from './kubectl';

const START_SECONDS = 20;

/** Changes go through no door but dry runs; what runs in pods is no business of these commands. */
const REFUSED = [
  '--reject-methods=^(POST|PUT|DELETE)$',
  '--reject-paths=^/api/.*/pods/.*/(exec|attach|portforward)',
];

/**
 * Opens the way to a cluster as whoever runs the command: `kubectl proxy` behind a socket in a folder that nobody else
 * may enter, so that no other user of the machine gets in. See docs/adr/0028.
 *
 * @throws CommandError when there is no kubectl, and when the cluster does not answer
 */
export async function openCluster(choice: ClusterChoice): Promise<ClusterApi> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-'));
  const socket = join(folder, 'api');
  const args = [...contextArguments(choice), 'proxy', `--unix-socket=${socket}`, ...REFUSED];
  const child = spawn('kubectl', args, { env: { ...process.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = () => {
    process.removeListener('exit', end);
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', end);
  const api = new SocketApi(socket, end);
  try {
    await serves(child);
    const version = await api.ask({ path: '/version' });
    if (version.status === 200) return api;
    throw new CommandError(
      `The cluster${of(choice)} does not answer: ${saidIn(version)}${fix(choice)}`,
      EXIT.failed,
    );
  } catch (error) {
    api.close();
    throw error;
  }
}

function fix({ context }: ClusterChoice): string {
  return context === undefined ? '. Name another with --context, or its kubeconfig in KUBECONFIG.' : '';
}

function of({ context }: ClusterChoice): string {
  return context === undefined ? '' : ` of context ${context}`;
}

/** Waits until it says that it serves. */
function serves(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((settle, fail) => {
    let said = '';
    const timer = setTimeout(
      () => failed(`kubectl proxy did not start within ${START_SECONDS} s`),
      START_SECONDS * 1000,
    );
    const failed = (why: string) => {
      clearTimeout(timer);
      fail(new CommandError(why, EXIT.failed));
    };
    child.stderr?.on('data', (part) => {
      said += String(part);
    });
    child.stdout?.on('data', (part) => {
      if (!String(part).includes('Starting to serve')) return;
      clearTimeout(timer);
      settle();
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      fail(startError(error, { command: 'kubectl', install: INSTALL }));
    });
    child.on('close', () => failed(`kubectl proxy: ${said.trim().split('\n').slice(-2).join('; ')}`));
  });
}
