// `npm start -- --cluster [FOLDER]`: a cluster on this machine, dist/dev on it, and photos through it. It stays up.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { accessTo } from './control-plane';
import { ADDONS_TO_BE_USED, deploy } from './deploy';
import { kubectl } from './kubectl';
import { addressOf, putPhoto, workerCounts } from './photos';
import { adminConfig, type Cluster, port, ROOT } from './state';
import { Progress, StepError, until } from './step';
import { up } from './up';

const NAME = 'capstan';
const WORKER = 'develop';
const SERVICE = 'upload';
const NAMESPACE = 'darkroom';
const PHOTO = /\.(jpe?g|png|webp)$/i;
const TAKEN = 202;
const MINUTES = 10;

async function main(folder: string): Promise<void> {
  const progress = new Progress();
  const addons = ADDONS_TO_BE_USED;
  const wanted = { name: NAME, simulatedNodes: 0, hasRealNode: true, addons, autoscalerSeconds: 15 };
  const cluster = await up(wanted, progress);
  await deploy(cluster, join(ROOT, 'dist', 'dev'), progress);
  const files = photosIn(folder);
  if (files.length === 0) throw new StepError(`${folder} holds no JPEG, PNG or WebP file`);
  const address = await addressOf(cluster, NAMESPACE, SERVICE);
  const start = Date.now();
  const { taken, refused } = await putAll(address, folder, files);
  progress.say(`photos are sent: ${taken} taken, ${refused.length} refused`);
  const counts = await finished(cluster, taken);
  const seconds = (Date.now() - start) / 1000;
  const rows = [
    ['taken', String(taken)],
    ['refused', String(refused.length)],
    ['done', String(counts.done)],
    ['dead letters', String(counts.dead)],
    ['time', `${seconds.toFixed(1)} s, ${(taken / seconds).toFixed(1)} photos/s`],
    ['pods', await podsOf(cluster)],
  ];
  console.log(`\n${NAMESPACE}/${WORKER}\n`);
  for (const [name = '', value] of rows) console.log(`  ${name.padEnd(13)}${value}`);
  for (const line of refused) console.log(`    ${line}`);
  console.log(`
  send more   curl -T PHOTO.jpg http://${address}/photos/PHOTO.jpg
  look        export KUBECONFIG=${adminConfig(cluster)} PATH=${cluster.programs}:$PATH
              kubectl -n ${NAMESPACE} get pods
  metrics     http://127.0.0.1:${port(cluster, 'prometheus')}
  end         npm run cluster -- down`);
}

function photosIn(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((it) => it.isFile() && PHOTO.test(it.name));
  return files.map((it) => relative(folder, join(it.parentPath, it.name))).sort();
}

async function putAll(address: string, folder: string, files: readonly string[]) {
  const refused: string[] = [];
  for (const file of files) {
    const { status, text } = await putPhoto(address, file, readFileSync(join(folder, file)));
    if (status !== TAKEN) refused.push(`${file}  ${status} ${text.trim()}`);
  }
  return { taken: files.length - refused.length, refused };
}

/** Waits until every photo that was taken has an outcome. */
function finished(cluster: Cluster, taken: number): Promise<{ done: number; dead: number }> {
  const check = async () => {
    const counts = await workerCounts(cluster, NAMESPACE, WORKER);
    return counts.done + counts.dead >= taken && counts;
  };
  return until(check, { otherwise: 'not every photo was developed', seconds: MINUTES * 60 });
}

async function podsOf(cluster: Cluster): Promise<string> {
  const deployment = ['--namespace', NAMESPACE, 'get', 'deployment', WORKER];
  return kubectl(accessTo(cluster), [
    ...deployment,
    '--output=jsonpath={.status.readyReplicas} of {.spec.replicas} ready',
  ]);
}

main(process.argv[2] ?? join(ROOT, 'examples', 'photos')).catch((error: unknown) => {
  if (!(error instanceof StepError)) throw error;
  console.error(`FAILED: ${error.message}`);
  const lines = error.lastLines();
  if (lines !== '') console.error(lines);
  process.exitCode = 1;
});
