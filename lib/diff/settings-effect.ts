import type { JsonObject } from '../json-value';
import { type ConfigMapUse, type SettingsKind, settingsUses } from '../settings/references';
import { identityOf } from '../synth/identity';
import { type Effect, type ObjectChange, type ObjectPair, titleOf } from './change';

/** Key of the settings that a Capstan worker reads again while it runs. */
const LIVE_KEY = 'live.json';

/** What a change does, and why. */
export interface Verdict {
  readonly effect: Effect;
  readonly why: string;
}

/** What the verdict about a ConfigMap or Secret follows from. */
export interface Users {
  /** All documents that are to come. */
  readonly documents: readonly JsonObject[];
  /** What is known already about the workloads among them that change. */
  readonly workloads: readonly ObjectChange[];
}

/** What a change of a ConfigMap or Secret does to the pods that use it. */
export function settingsEffect(pair: ObjectPair, { documents, workloads }: Users): Verdict[] {
  const { namespace, name, kind } = pair.identity;
  const verdicts = documents.flatMap((document) => {
    const user = identityOf(document);
    if (user.namespace !== namespace) return [];
    const uses = settingsUses(document, kind as SettingsKind).filter((use) => use.name === name);
    if (uses.length === 0) return [];
    const title = titleOf(user);
    const changes = workloads.find(({ object }) => object === title);
    return [verdictFor(pair, { title, kind: user.kind, uses, changes })];
  });
  const none = { effect: 'nothing', why: 'no pod of these manifests uses it' } as const;
  return verdicts.length > 0 ? verdicts : [none];
}

interface User {
  readonly title: string;
  readonly kind: string;
  readonly uses: readonly ConfigMapUse[];
  /** @default it stays as it is */
  readonly changes: ObjectChange | undefined;
}

function verdictFor({ before, after }: ObjectPair, { title, kind, uses, changes }: User): Verdict {
  if (after === undefined) {
    return { effect: 'nothing', why: `${title} still names it: its pods go on, and new ones do not start` };
  }
  if (changes?.effect === 'replace') return { effect: 'replace', why: `${title} comes anew with it` };
  if (changes?.effect === 'restart') return { effect: 'restart', why: `${title} restarts, and takes it` };
  if (kind === 'Job' || kind === 'CronJob') {
    return { effect: 'nothing', why: `the next run of ${title} takes it; one that runs goes on` };
  }
  if (before === undefined) return { effect: 'nothing', why: `${title} names it already` };
  const isLive = Object.hasOwn(dataOf(after), LIVE_KEY);
  return { effect: 'nothing', why: withoutRestart(title, uses, isLive) };
}

function withoutRestart(title: string, uses: readonly ConfigMapUse[], isLive: boolean): string {
  const frozen = uses.filter(({ as }) => as !== 'folder');
  if (frozen.length > 0) {
    return `no pod restarts: ${frozen[0]?.by} of ${title} stays as it is until its pods start anew`;
  }
  return isLive
    ? `no pod restarts: those of ${title} take it live, within about a minute`
    : `no pod restarts: the files of ${title} change under its pods within about a minute, which have to read them again`;
}

function dataOf(document: JsonObject): object {
  const { data } = document;
  return typeof data === 'object' && data !== null ? data : {};
}
