// Renews the captures of `capstan diff` and `capstan status` in docs/status.md: `npx tsx tools/captures/main.ts`.
// They are of a real API server, without nodes and controllers, whose statuses scale-out.ts writes; what its pods
// would say at /metrics stands below.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { main } from '../../lib/cli/main';
import { Looks } from '../../lib/cli/status-looks';
import type { ClusterApi } from '../../lib/cluster/api';
import { openCluster } from '../../lib/cluster/open';
import { documentsOf, textsIn } from '../../lib/diff/read-manifests';
import { statusText } from '../../lib/status/text';
import { stringifyYaml } from '../../lib/synth/stringify-yaml';
import { renewCaptures } from './page';
import { scaleOut } from './scale-out';

const { programsOf, startApiServer } = require('../cluster/api-server.cjs');

const ROOT = join(__dirname, '../..');
const WIDTH = 110;

async function renew(): Promise<void> {
  const server = await startApiServer('newest');
  process.env.KUBECONFIG = server.kubeconfig;
  process.env.PATH = `${programsOf('newest')}:${process.env.PATH}`;
  const kubectl = async (args: readonly string[], input = ''): Promise<string> => {
    const { status, stdout, stderr } = await server.kubectl([...args], input);
    if (status !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stdout}${stderr}`);
    return stdout;
  };
  try {
    await kubectl(['create', 'namespace', 'darkroom']);
    const diff = await diffCapture(kubectl);
    await kubectl(['delete', 'deployment,horizontalpodautoscaler', '--all', '-n', 'darkroom']);
    await scaleOut(kubectl, { namespace: 'darkroom', name: 'develop' });
    renewCaptures({ diff, status: await statusCapture() });
  } finally {
    server.stop();
  }
}

/** What dist/dev has of one worker, applied; then with another image, bounds and settings. */
async function diffCapture(
  kubectl: (args: readonly string[], input?: string) => Promise<string>,
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'capstan-capture-'));
  const documents = documentsOf(textsIn(join(ROOT, 'dist')), 'dev').filter(
    ({ metadata, kind }) => JSON.stringify(metadata).includes('"name":"develop"') || kind === 'Namespace',
  );
  const text = stringifyYaml(documents.filter(({ kind }) => kind !== 'Namespace'));
  try {
    await kubectl(['apply', '--server-side', '-f', '-'], text);
    const changed = text
      .replace(/image: \S+/, 'image: localhost:5000/develop:next')
      .replace('maxReplicas: 4', 'maxReplicas: 12')
      .replace('maxUnavailable: 1', 'maxUnavailable: 2')
      .replace('"decodeMiB": "96"', '"decodeMiB": "128"');
    writeFileSync(join(folder, 'develop.yaml'), changed);
    writeFileSync(join(folder, 'cdk8s.yaml'), 'app: node main.js\noutput: .\n');
    const printed: string[] = [];
    const print = (line: string) => void printed.push(line);
    const output = { out: print, err: print, isTerminal: false, terminal: { columns: WIDTH, colors: false } };
    await main(['diff'], { folder, output });
    return printed.join('\n').replace('. beside', 'dist/dev beside');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function statusCapture(): Promise<string> {
  const api = await openCluster({});
  try {
    const looks = new Looks(withMetrics(api), { planned: [], namespace: 'darkroom', name: 'develop' });
    const found = await looks.look();
    return found.map((it) => statusText(it, { width: WIDTH, colors: false })).join('\n\n');
  } finally {
    api.close();
  }
}

/** No pod runs, so what they would say is answered here. */
function withMetrics(api: ClusterApi): ClusterApi {
  const text = `capstan_pool_slots 2
capstan_pool_busy 2
capstan_queue_backlog{queue="shared"} 1860
capstan_task_duration_seconds_sum 40
capstan_task_duration_seconds_count 240
`;
  return {
    ask: (ask) => (ask.path.endsWith('/metrics') ? Promise.resolve({ status: 200, text }) : api.ask(ask)),
    close: () => api.close(),
  };
}

renew().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
