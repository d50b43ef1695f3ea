import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Access } from '../../tools/cluster/kubectl';

const SECONDS = 30;

/** The API of a cluster over plain HTTP on loopback: what is asked every second needs no kubectl each time. */
export interface ApiProxy {
  /** Reads JSON of a path such as `/api/v1/pods`. */
  read<T>(path: string): Promise<T>;
  /** Sends bytes, for a service or a pod behind its `proxy` path; gives the status of the answer. */
  put(path: string, body: Buffer): Promise<number>;
  stop(): void;
}

/** Starts `kubectl proxy` and waits until it serves. */
export async function apiProxy({ kubeconfig, programs }: Access): Promise<ApiProxy> {
  const args = ['--kubeconfig', kubeconfig, 'proxy', '--port=0'];
  const child = spawn(join(programs, 'kubectl'), args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise<string>((settle, fail) => {
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`kubectl proxy ended with ${code}`)));
    createInterface({ input: child.stdout }).once('line', (line) => settle(line.split(' ').at(-1) ?? ''));
  });
  const base = `http://${address}`;
  const limit = () => ({ signal: AbortSignal.timeout(SECONDS * 1000) });
  return {
    async read<T>(path: string): Promise<T> {
      const answer = await fetch(`${base}${path}`, limit());
      if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
      return (await answer.json()) as T;
    },
    async put(path: string, body: Buffer): Promise<number> {
      const answer = await fetch(`${base}${path}`, { method: 'PUT', body: new Uint8Array(body), ...limit() });
      await answer.arrayBuffer();
      return answer.status;
    },
    stop: () => {
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
    },
  };
}
