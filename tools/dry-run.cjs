// Asks real kube-apiservers, one of the oldest and one of the newest supported release, whether they would take the
// manifests of every environment: server-side apply, strict validation, dry run. A warning counts as a refusal.
//
//   node tools/dry-run.cjs [FOLDER...]      default dist
//
// Namespaces are made first, as the manifests have them; one that they only name warns of pods below Pod Security
// restricted. Definitions of custom resources come from the modules that tools/schema/sources.json names. Everything
// listens on loopback and is stopped at the end. Exits with 77 and says so when tools/cluster/build.sh has not run.
'use strict';

const { readdirSync } = require('node:fs');
const { join } = require('node:path');
const { MissingProgramsError, startApiServer } = require('./cluster/api-server.cjs');
const { documentsIn, environmentsIn } = require('./manifests/environments.cjs');
const { RELEASES, resourceDefinitions } = require('./manifests/programs.cjs');

const ROOT = join(__dirname, '..');
const PLANTED = join(__dirname, 'manifests', 'planted');
const NEWER = join(PLANTED, 'newer');
const SKIPPED = 77;
const POD_SECURITY = 'pod-security.kubernetes.io';
/** Warnings that refuse nothing, each with the reason. */
const HARMLESS = [];

async function main(folders) {
  const environments = folders.flatMap(environmentsIn);
  // One after the other would leave a core idle.
  const problems = await Promise.all(Object.keys(RELEASES).map((release) => check(release, environments)));
  for (const problem of problems.flat()) console.error(problem);
  return problems.flat().length > 0 ? 1 : 0;
}

async function check(release, environments) {
  const server = await startApiServer(release);
  try {
    await defineResources(server, environments);
    const problems = await missedViolations(server, release);
    for (const environment of environments) problems.push(...(await refusals(server, environment)));
    return problems;
  } finally {
    server.stop();
  }
}

/** Applies the definitions of the custom resources that occur: all of them would take most of the time. */
async function defineResources({ kubectl }, environments) {
  const documents = [...environments.flatMap((it) => it.documents), ...plantedDocuments()];
  const used = new Set(documents.map(groupOf));
  const items = resourceDefinitions().filter(({ spec }) => used.has(spec.group));
  if (items.length === 0) return;
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  succeed(await kubectl(['apply', '--server-side', '-f', '-'], list));
  succeed(await kubectl(['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all']));
}

/** What each server has to refuse, and what only the oldest has to, since it is newer. */
async function missedViolations(server, release) {
  await makeNamespaces(server, []);
  const taken = async (file) => (await answer(server, ['-f', file])).complaints.length === 0;
  const missed = [];
  for (const file of files(PLANTED)) if (await taken(file)) missed.push(`takes what is planted in ${file}`);
  for (const file of files(NEWER)) {
    const isTaken = await taken(file);
    if (isTaken && release === 'oldest') missed.push(`takes what is planted in ${file}`);
    if (!isTaken && release === 'newest') missed.push(`refuses what is not wrong in ${file}`);
  }
  return missed.map((line) => `Kubernetes ${server.version} ${line}`);
}

async function refusals(server, { name, folder, isKustomized, files: manifests, documents }) {
  await makeNamespaces(server, documents);
  const wanted = isKustomized ? ['-k', folder] : manifests.flatMap((file) => ['-f', file]);
  const { complaints, taken } = await answer(server, wanted);
  const where = `Kubernetes ${server.version}, ${name}`;
  if (complaints.length > 0) return complaints.map((line) => `${where}: ${line}`);
  if (taken !== documents.length) return [`${where}: took ${taken} of ${documents.length} objects`];
  console.log(`${where}: would take ${taken} objects`);
  return [];
}

/** Whether a server would take manifests: what it says against them, and how many objects it would take. */
async function answer({ kubectl }, manifests) {
  const dryRun = ['apply', '--server-side', '--dry-run=server', '--validate=strict'];
  const { status, stdout, stderr } = await kubectl([...dryRun, ...manifests]);
  const lines = stderr.split('\n').filter((line) => line !== '');
  const complaints = lines.filter((line) => !HARMLESS.some(({ warning }) => warning.test(line)));
  const taken = stdout.split('\n').filter((line) => line !== '').length;
  if (status !== 0 && complaints.length === 0) complaints.push(`kubectl ended with ${status}: ${stdout}`);
  return { complaints, taken };
}

/** Makes the namespaces that documents bring along or name. */
async function makeNamespaces({ kubectl }, documents) {
  const own = documents.filter(({ kind, apiVersion }) => kind === 'Namespace' && apiVersion === 'v1');
  const labels = new Map(own.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  for (const name of ['default', ...documents.map(({ metadata }) => metadata.namespace)]) {
    if (name !== undefined && !labels.has(name)) labels.set(name, {});
  }
  const items = [...labels].map(([name, given]) => {
    // Only a pod is refused by `enforce`; what makes pods is warned of.
    const warn = given[`${POD_SECURITY}/enforce`] ?? 'restricted';
    const metadata = { name, labels: { [`${POD_SECURITY}/warn`]: warn, ...given } };
    return { apiVersion: 'v1', kind: 'Namespace', metadata };
  });
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  const apply = ['apply', '--server-side', '--force-conflicts', '--field-manager=dry-run', '-f', '-'];
  succeed(await kubectl(apply, list));
}

function plantedDocuments() {
  return [...files(PLANTED), ...files(NEWER)].flatMap(documentsIn);
}

function files(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => join(folder, name));
}

function groupOf({ apiVersion }) {
  return apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
}

function succeed({ status, stdout, stderr }) {
  if (status !== 0) throw new Error(`${stdout}${stderr}`.trim());
}

const folders = process.argv.slice(2);
main(folders.length > 0 ? folders : [join(ROOT, 'dist')]).then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    if (error instanceof MissingProgramsError) console.log(`the dry run did not run: ${error.message}`);
    else console.error(error.message);
    process.exitCode = error instanceof MissingProgramsError ? SKIPPED : 1;
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
