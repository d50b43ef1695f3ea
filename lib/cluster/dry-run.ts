import { CommandError } from '../command-error';
import type { ObjectPair } from '../diff/change';
import { changesAsManifested, fieldChanges } from '../diff/field-changes';
import type { JsonObject } from '../json-value';
import { objectsOf, textAt, within } from '../plan/fields';
import { identityOf } from '../synth/identity';
import { type Answer, type ClusterApi, getJson, parsed, refusal, saidIn } from './api';
import { type Applier, applierOf, withoutServerFields } from './field-manager';
import { type ClusterChoice, kubectl } from './kubectl';
import type { Resources } from './resources';

/** What an apply of manifests would do to a cluster. */
export interface DryRun {
  /** Objects that it would change. */
  readonly pairs: readonly ObjectPair[];
  /** Objects that the cluster refuses as they are, and why. */
  readonly refused: readonly { readonly document: JsonObject; readonly why: string }[];
}

/** What dry runs are made with. */
export interface Target {
  readonly api: ClusterApi;
  readonly resources: Resources;
  readonly choice: ClusterChoice;
  /**
   * In whose name.
   * @default for each object whoever applied it last
   */
  readonly fieldManager?: string;
}

type Found = { readonly pair?: ObjectPair; readonly why?: string; readonly document: JsonObject };

/**
 * Asks a cluster what an apply of these manifests would change, by dry runs on its side: defaults, webhooks and what it
 * never changes are its own. Objects that no manifest names are not looked for.
 *
 * @throws CommandError when it does not let this user look, or try
 */
export async function dryRun(documents: readonly JsonObject[], target: Target): Promise<DryRun> {
  const found = await Promise.all(documents.map((document) => tryOut(document, target)));
  return {
    pairs: found.flatMap(({ pair }) => (pair === undefined ? [] : [pair])),
    refused: found.flatMap(({ document, why }) => (why === undefined ? [] : [{ document, why }])),
  };
}

async function tryOut(document: JsonObject, target: Target): Promise<Found> {
  const identity = identityOf(document);
  const path = await target.resources.pathOf(document);
  const live = path === undefined ? undefined : await getJson(target.api, path);
  if (path === undefined || live === undefined)
    return { document, pair: { identity, after: document, fields: [] } };
  const before = withoutServerFields(live) as JsonObject;
  const applier = applierFor(live, target);
  const answer =
    applier.side === 'client'
      ? await applyByClient(document, target)
      : await applyByServer(document, path, applier, target);
  if (answer.status === FORBIDDEN && !isInvalid(answer)) throw refusal(`a dry run of ${path}`, answer);
  if (answer.status !== 200) return refusedOrFixed(document, before, answer);
  const after = withoutServerFields(JSON.parse(answer.text)) as JsonObject;
  const fields = fieldChanges(before, after);
  return fields.length === 0 ? { document } : { document, pair: { identity, before, after, fields } };
}

const FORBIDDEN = 403;

function applierFor(live: unknown, { fieldManager }: Target): Applier {
  return fieldManager === undefined ? applierOf(live) : { side: 'server', manager: fieldManager };
}

function applyByServer(
  document: JsonObject,
  path: string,
  { manager }: Applier,
  { api }: Target,
): Promise<Answer> {
  const query = new URLSearchParams({ dryRun: 'All', force: 'true', fieldManager: manager });
  return api.ask({
    method: 'PATCH',
    path: `${path}?${query}`,
    body: JSON.stringify(document),
    contentType: 'application/apply-patch+yaml',
  });
}

/** What went from the manifest only kubectl's own merge of three versions knows. */
async function applyByClient(document: JsonObject, { choice }: Target): Promise<Answer> {
  try {
    const args = ['apply', '--dry-run=server', '-o', 'json', '-f', '-'];
    return { status: 200, text: await kubectl(choice, args, JSON.stringify(document)) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { status: 422, text: JSON.stringify({ message: error.message }) };
  }
}

/** How API servers say that a field keeps its value. */
const FIXED =
  /immutable|updates? to [\s\S]* (is|are) forbidden|may not (be )?chang|can ?not (be )?chang|can't be changed/i;

function isInvalid({ text }: Answer): boolean {
  return textAt(parsed(text), 'reason') === 'Invalid';
}

function refusedOrFixed(document: JsonObject, before: JsonObject, answer: Answer): Found {
  const body = parsed(answer.text);
  const causes = objectsOf(within(body, 'details', 'causes')).map(({ message }) => String(message));
  const messages = causes.length > 0 ? causes : [saidIn(answer)];
  if (!messages.some((message) => FIXED.test(message))) return { document, why: saidIn(answer) };
  const fields = changesAsManifested(before, document);
  return {
    document,
    pair: { identity: identityOf(document), before, after: document, fields, isFixed: true },
  };
}
