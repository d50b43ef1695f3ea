import type { Scenario, ScenarioRow } from '../plan';

/** A scenario and what the autoscaler does in it. */
export interface PlayedScenario {
  readonly scenario: Scenario;
  readonly rows: readonly ScenarioRow[];
}

/** A list of `{"name", "rows"}`, each row on a line of its own. */
export function scenariosAsJson(played: readonly PlayedScenario[]): string {
  const parts = played.map(({ scenario, rows }) => {
    const lines = rows.map((row) => JSON.stringify(row)).join(',\n');
    return `{"name":${JSON.stringify(scenario.name)},"rows":[\n${lines}\n]}`;
  });
  return `[\n${parts.join(',\n')}\n]`;
}

/** What changes in each scenario, for people. */
export function scenariosAsText(played: readonly PlayedScenario[]): string {
  return played.map(asText).join('\n\n');
}

function asText({ scenario, rows }: PlayedScenario): string {
  const counts = rows.map(({ desired }) => desired);
  const title =
    `${scenario.name === '' ? 'scenario' : scenario.name}: ${rows.length} syncs, ` +
    `${lowest(counts)} to ${highest(counts)} replicas`;
  const changes = rows.filter(({ current, desired, err }) => current !== desired || err === true);
  return [title, ...changes.map(changeAsText)].join('\n');
}

function changeAsText({ t, current, desired, raw, err, limited, active }: ScenarioRow): string {
  const time = `${t} s`.padStart(10);
  const change = `${current} → ${desired}`.padStart(12);
  const asked = raw === null ? 'metrics not asked' : `metrics ask for ${raw}`;
  const held = limited.startsWith('T:') && raw !== desired ? `, ${limited.slice(2)}` : '';
  const failed =
    err === true ? `, a metric failed${active.startsWith('F:') ? `: ${active.slice(2)}` : ''}` : '';
  return `${time}${change}  ${asked}${held}${failed}`;
}

function lowest(counts: readonly number[]): number {
  return counts.reduce((least, count) => Math.min(least, count), Number.POSITIVE_INFINITY);
}

function highest(counts: readonly number[]): number {
  return counts.reduce((most, count) => Math.max(most, count), 0);
}
