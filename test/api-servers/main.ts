// Compares the schema walk of lib/schema with real API servers of the oldest and the newest supported release: both are
// asked about documents of every construct, and of the corpus of lib/schema, with one small change each. Where they
// differ, the difference has to be on the list of listed-differences.ts. Exits with 77 where Kubernetes is not built.
//
//   node --import tsx test/api-servers/main.ts [--changes 1500] [--seed 1]
import { parseArgs } from 'node:util';
import type { JsonObject } from '../../lib/json-value';
import { DocumentValidator } from '../../lib/schema/document';
import { formatFieldProblem } from '../../lib/schema/validate';
import { everyConstruct } from '../every-construct/app';
import { kubernetesCorpus } from '../schema/corpus';
import { ApiClient } from './api-client';
import { changesOf, differentOf } from './changes';
import { type Compared, compare } from './comparison';

const { MissingProgramsError, startApiServer } = require('../../tools/cluster/api-server.cjs');
const { resourceDefinitions } = require('../../tools/manifests/programs.cjs');

const SKIPPED = 77;
const CONNECTIONS = 6;

type Kubectl = (args: readonly string[], input?: string) => Promise<{ status: number; stderr: string }>;

async function main(): Promise<number> {
  const options = {
    changes: { type: 'string', default: '1500' },
    seed: { type: 'string', default: '1' },
  } as const;
  const { values } = parseArgs({ options });
  const documents = differentOf([...everyConstruct('/nowhere').documents(), ...kubernetesCorpus]).map(
    inDefault,
  );
  const changes = changesOf(documents, Number(values.changes), Number(values.seed));
  const failures = await Promise.all(
    ['oldest', 'newest'].map((release) => compareOn(release, documents, changes)),
  );
  for (const line of failures.flat()) console.error(line);
  return failures.flat().length === 0 ? 0 : 1;
}

/** The same in a namespace that every server has. */
function inDefault(document: JsonObject): JsonObject {
  const metadata = document.metadata as JsonObject;
  return metadata.namespace === undefined
    ? document
    : { ...document, metadata: { ...metadata, namespace: 'default' } };
}

/** What is wrong on a release, as lines. */
async function compareOn(
  release: string,
  documents: readonly JsonObject[],
  changes: readonly JsonObject[],
): Promise<string[]> {
  const server = await startApiServer(release);
  const client = new ApiClient(server.kubeconfig, CONNECTIONS);
  try {
    await defineResources(server.kubectl, documents);
    const minor = String(server.version).replace(/^v(\d+\.\d+).*/, '$1');
    const unchanged = await ask(client, minor, documents);
    const changed = await ask(client, minor, changes);
    const { refusedByBoth, takenByBoth, listed, unlisted } = compare(changed);
    const missed = changed.filter(
      ({ verdict, problems }) => !verdict.isTaken && problems.length === 0,
    ).length;
    console.log(
      `Kubernetes ${server.version}: of ${changes.length} changes to ${documents.length} documents the server and the ` +
        `schema walk both refuse ${refusedByBoth} and both take ${takenByBoth}; the walk misses ${missed}`,
    );
    for (const [why, count] of listed) console.log(`  ${count} × ${why}`);
    return [...refusedUnchanged(unchanged), ...unlisted, ...unnoticed(changed)];
  } finally {
    client.close();
    server.stop();
  }
}

/** Applies the definitions of the custom resources that occur: all of them would take most of the time. */
async function defineResources(kubectl: Kubectl, documents: readonly JsonObject[]): Promise<void> {
  const groups = new Set(documents.map(({ apiVersion }) => String(apiVersion).split('/')[0]));
  const all: readonly { readonly spec: { readonly group: string } }[] = resourceDefinitions();
  const items = all.filter(({ spec }) => groups.has(spec.group));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  for (const [args, input] of [
    [['apply', '--server-side', '-f', '-'], list],
    [['wait', '--for=condition=Established', '--timeout=60s', 'crd', '--all'], ''],
  ] as const) {
    const { status, stderr } = await kubectl(args, input);
    if (status !== 0) throw new Error(stderr);
  }
}

/** Asks a server and the schema walk for its release. */
async function ask(client: ApiClient, minor: string, documents: readonly JsonObject[]): Promise<Compared[]> {
  const validator = new DocumentValidator({ kubernetes: { oldest: minor, newest: minor } });
  const queue = [...documents.entries()].reverse();
  const compared: Compared[] = [];
  const work = async () => {
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const [index, document] = next;
      const verdict = await client.dryRun(document);
      const problems = validator.check(document).problems.map(formatFieldProblem);
      compared[index] = { minor, document, verdict, problems };
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return compared;
}

function refusedUnchanged(unchanged: readonly Compared[]): string[] {
  return unchanged
    .filter(({ verdict, problems }) => !verdict.isTaken || problems.length > 0)
    .map(({ minor, document, verdict, problems }) => {
      const name = `${document.kind} ${(document.metadata as JsonObject).name}`;
      return `Kubernetes ${minor} refuses ${name} as it is: ${verdict.message} ${problems.join(' ')}`;
    });
}

/** The comparison has to notice a walk that finds nothing, and one that finds something everywhere. */
function unnoticed(changed: readonly Compared[]): string[] {
  const [blind, strict] = [[], ['Anything must not be']].map(
    (problems) => compare(changed.map((one) => ({ ...one, problems }))).unlisted.length,
  );
  return blind === 0 || strict === 0
    ? ['the comparison notices no walk that finds nothing or everything']
    : [];
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    const isMissing = error instanceof MissingProgramsError;
    if (isMissing) console.log(`the comparison did not run: ${error.message}`);
    else console.error(error);
    process.exitCode = isMissing ? SKIPPED : 1;
  },
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
