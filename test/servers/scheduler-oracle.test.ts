import { describe, expect, test } from '@jest/globals';
import type { Fields } from '../../lib/plan/fields';
import { fieldsOf, within } from '../../lib/plan/fields';
import { compare, differences, questionOf } from '../../tools/scheduler-oracle/compare';
import { generateEnvironment } from '../../tools/scheduler-oracle/environment';
import { askScheduler, type Outcome } from '../../tools/scheduler-oracle/program';

/** Seeds of the environments; the first are roomy and tight ones. */
const SEEDS = Array.from({ length: 60 }, (_, index) => index + 1);

/** The scheduler is asked once; what the plan sees may differ from case to case. */
const asked = SEEDS.map((seed) => questionOf(generateEnvironment(seed)));
let answers: readonly Outcome[] | undefined;

function compareAll(misread?: (documents: readonly Fields[]) => readonly Fields[]) {
  answers ??= askScheduler(asked.flatMap((question) => [question.asked.whole, question.asked.less]));
  return SEEDS.map((seed, index) => {
    const [whole, less] = (answers ?? []).slice(2 * index);
    if (whole === undefined || less === undefined) throw new RangeError(`no answer for seed ${seed}`);
    return compare(questionOf(generateEnvironment(seed), misread), { whole, less });
  });
}

/** Documents whose pods lack a field of their spec, or have another one. */
function withPods(change: (spec: Fields) => Fields) {
  return (documents: readonly Fields[]) =>
    documents.map((document) => {
      const template = fieldsOf(within(document, 'spec', 'template'));
      const spec = fieldsOf(template?.spec);
      if (spec === undefined) return document;
      return {
        ...document,
        spec: { ...fieldsOf(document.spec), template: { ...template, spec: change(spec) } },
      };
    });
}

describe('capacity is planned as the scheduler of Kubernetes 1.37.1 places pods', () => {
  test('the same pods fit no node for the same reasons, and with 5 % to spare none waits', () => {
    const comparisons = compareAll();
    expect(comparisons.flatMap(differences)).toEqual([]);
    expect(comparisons.filter(({ isRoomy }) => isRoomy).length).toBeGreaterThan(20);
    expect(comparisons.filter(({ alone }) => alone.real.length > 0).length).toBeGreaterThan(20);
    expect(comparisons.some(({ pushedOut }) => pushedOut.planned > 0 && pushedOut.real > 0)).toBe(true);
  }, 600_000);

  test.each<[string, (spec: Fields) => Fields]>([
    ['tolerations', ({ tolerations: _, ...rest }) => rest],
    ['node selectors', ({ nodeSelector: _, ...rest }) => rest],
    ['affinity', ({ affinity: _, ...rest }) => rest],
    ['spread', ({ topologySpreadConstraints: _, ...rest }) => rest],
    ['requests', ({ containers: _, ...rest }) => ({ ...rest, containers: [{ name: 'it' }] })],
  ])(
    'fails for a plan that does not see %s',
    (_, change) => {
      expect(compareAll(withPods(change)).flatMap(differences)).not.toEqual([]);
    },
    600_000,
  );
});
