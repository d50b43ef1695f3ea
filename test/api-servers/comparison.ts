import type { JsonObject } from '../../lib/json-value';
import type { Verdict } from './api-client';
import { type Listed, MISSED, STRICTER } from './listed-differences';

/** A document, and what an API server of a release and the schema walk say to it. */
export interface Compared {
  /** Such as 1.37. */
  readonly minor: string;
  readonly document: JsonObject;
  readonly verdict: Verdict;
  /** Lines of the schema walk. */
  readonly problems: readonly string[];
}

/** How often the two agree, and where they do not. */
export interface Comparison {
  readonly refusedByBoth: number;
  readonly takenByBoth: number;
  /** How often each listed difference occurred, by its reason. */
  readonly listed: ReadonlyMap<string, number>;
  /** Differences that are on no list, as lines. */
  readonly unlisted: readonly string[];
}

/** Compares what API servers and the schema walk say. */
export function compare(all: readonly Compared[]): Comparison {
  const listed = new Map<string, number>();
  const unlisted: string[] = [];
  const differ = all.filter(({ verdict, problems }) => verdict.isTaken === problems.length > 0);
  for (const compared of differ) {
    const reasons = reasonsOf(compared);
    if (reasons === undefined) unlisted.push(lineOf(compared));
    else for (const why of reasons) listed.set(why, (listed.get(why) ?? 0) + 1);
  }
  const agreed = all.filter((compared) => !differ.includes(compared));
  const takenByBoth = agreed.filter(({ verdict }) => verdict.isTaken).length;
  return { refusedByBoth: agreed.length - takenByBoth, takenByBoth, listed, unlisted };
}

/** Why the two may differ; `undefined` when a part of it is on no list. */
function reasonsOf({ minor, document, verdict, problems }: Compared): Set<string> | undefined {
  const list = verdict.isTaken ? STRICTER : MISSED;
  const causes = verdict.isTaken ? problems : causesOf(verdict.message);
  const found = causes.map((cause) =>
    list.find(({ at, only = /./ }) => at.test(`${document.kind} ${cause}`) && only.test(minor)),
  );
  const known = found.filter((entry): entry is Listed => entry !== undefined);
  const own = known.filter(({ follows }) => follows !== true);
  if (known.length < causes.length || own.length === 0) return undefined;
  return new Set(own.map(({ why }) => why));
}

const FIELD = String.raw`(?:[A-Za-z]\w*|<nil>)(?:\.\w+|\[[^\]]*\])*`;
const KIND = String.raw`(?:Required|Invalid|Duplicate) value|Unsupported value: (?:"[^"]*"|[^\s:]+)|Too long|Forbidden|Not found`;
const CAUSE = new RegExp(`(?:^|[[,] ?)(${FIELD}: (?:${KIND}))`, 'g');

/** What a server names in a message, a `field: what` each without places in lists; the message when it names no field. */
function causesOf(message: string): string[] {
  const text = message.replace(/^.*? is invalid: /s, '');
  const named = [...text.matchAll(CAUSE)].map(({ 1: cause = '' }) => cause);
  if (message === text || named.length === 0) return [message];
  return [...new Set(named.map((cause) => cause.replace(/\[[^\]]*\](?=.*:)/g, '')))];
}

function lineOf({ minor, document, verdict, problems }: Compared): string {
  const said = verdict.isTaken
    ? `takes what the schema walk refuses: ${problems.join(' ')}`
    : `refuses what the schema walk takes: ${verdict.message}`;
  return `Kubernetes ${minor} ${said}\n  ${JSON.stringify(document).slice(0, 1500)}`;
}
