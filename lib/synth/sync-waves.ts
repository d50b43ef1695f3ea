import type { IConstruct } from 'constructs';
import { appSettingsOf } from '../app-settings';
import type { JsonObject } from '../json-value';
import { fieldsOf, within } from '../plan/fields';
import { isInstance } from '../shape/is-instance';
import type { RenderedChart, RenderedObject } from './documents';

/** What Argo CD orders a sync by: it goes on to the next wave once everything of this one is healthy. */
export const SYNC_WAVE = 'argocd.argoproj.io/sync-wave';

/**
 * Wave of what has to be there before anything else, and be gone after everything else: Argo CD prunes in the reverse
 * order.
 */
const FIRST_WAVE = -1;

const FIRST_KINDS = new Set(['v1 Namespace', 'apiextensions.k8s.io/v1 CustomResourceDefinition']);

/**
 * Gives documents their sync waves, where the environment or the app asks for them: namespaces and CRDs the first, what
 * explicitly depends on something (`node.addDependency`) one after that, and everything else none, which is wave 0. A
 * wave that a document has already stays. See docs/adr/0027.
 *
 * @param charts dependencies first, as are the objects in each
 */
export function withSyncWaves(charts: RenderedChart[]): RenderedChart[] {
  const asked = charts.filter(
    ({ chart, environment }) => environment?.syncWaves ?? appSettingsOf(chart).syncWaves,
  );
  if (asked.length === 0) return charts;
  const waves = new Waves(asked);
  const inWaves = asked.map((it) => ({
    ...it,
    objects: it.objects.map((object) => waves.given(object, it)),
  }));
  const byChart = new Map(inWaves.map((it) => [it.chart, it]));
  return charts.map((it) => byChart.get(it.chart) ?? it);
}

/** The waves of objects, one after the other, each after those that it depends on. */
class Waves {
  /** What is depended on, and the last wave of what is at or below it, by environment. */
  private readonly targets = new Map<IConstruct, Map<IConstruct | undefined, number>>();

  constructor(charts: readonly RenderedChart[]) {
    const sources = new Set(
      charts.flatMap(({ objects }) => objects.flatMap(({ object }) => object.node.scopes)),
    );
    for (const source of sources) {
      for (const target of explicitTargets(source)) this.targets.set(target, new Map());
    }
  }

  given({ object, document }: RenderedObject, { environment }: RenderedChart): RenderedObject {
    const { scopes } = object.node;
    const own = new Set(scopes);
    const before = scopes
      .flatMap(explicitTargets)
      // Something that depends on what is around it means the rest of that.
      .filter((target) => !own.has(target))
      .flatMap((target) => this.targets.get(target)?.get(environment) ?? []);
    const given = waveOf(document);
    const wave = given ?? Math.max(firstOf(document), ...before.map((it) => it + 1));
    for (const scope of scopes) {
      const last = this.targets.get(scope);
      last?.set(environment, Math.max(wave, last.get(environment) ?? wave));
    }
    return given !== undefined || wave === 0
      ? { object, document }
      : { object, document: inWave(document, wave) };
  }
}

/**
 * What a program makes a construct depend on. cdk8s-plus makes each StatefulSet depend on its Service, which names its
 * pods and need not be there first: waiting for all of wave 0 could wait for ever, as its pods need the StatefulSet.
 */
function explicitTargets({ node }: IConstruct): IConstruct[] {
  const { scope } = node;
  const service =
    scope !== undefined && isInstance(scope, 'StatefulSet', []) && 'service' in scope
      ? scope.service
      : undefined;
  return node.dependencies.filter((target) => target !== service);
}

function firstOf({ apiVersion, kind }: JsonObject): number {
  return FIRST_KINDS.has(`${apiVersion} ${kind}`) ? FIRST_WAVE : 0;
}

function waveOf(document: JsonObject): number | undefined {
  const wave = within(document, 'metadata', 'annotations', SYNC_WAVE);
  return typeof wave === 'string' && /^-?\d+$/.test(wave) ? Number(wave) : undefined;
}

function inWave(document: JsonObject, wave: number): JsonObject {
  const { annotations, ...metadata } = (fieldsOf(document.metadata) ?? {}) as JsonObject;
  const all = { ...(fieldsOf(annotations) as JsonObject | undefined), [SYNC_WAVE]: String(wave) };
  const sorted = Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1));
  return { ...document, metadata: { annotations: Object.fromEntries(sorted), ...metadata } };
}
