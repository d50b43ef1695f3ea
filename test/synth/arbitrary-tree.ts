import { ApiObject, type App, Chart, Lazy } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct, type IConstruct } from 'constructs';
import fc from 'fast-check';

/** A construct of a generated tree, with what is below it. */
export interface Branch {
  readonly id: string;
  readonly kind: 'chart' | 'construct' | 'object' | 'deployment';
  readonly namespace: string | undefined;
  /** Whether the name of an object is given, not derived from its path. */
  readonly isNamed: boolean;
  readonly data: unknown;
  readonly below: readonly Branch[];
}

/** A generated tree: its charts, and which construct depends on which, by number modulo their count. */
export interface Tree {
  readonly branches: readonly Branch[];
  readonly dependencies: readonly (readonly [source: number, target: number])[];
}

const ID = fc.constantFrom(
  'a',
  'b',
  'api',
  '1',
  '07',
  'Web',
  'with.dot',

  'x'.repeat(50),
  'Resource',
);
const NAMESPACE = fc.constantFrom(undefined, undefined, 'one', 'two');

function branch(kinds: readonly Branch['kind'][], below: fc.Arbitrary<Branch[]>): fc.Arbitrary<Branch> {
  return fc.record({
    id: ID,
    kind: fc.constantFrom(...kinds),
    namespace: NAMESPACE,
    isNamed: fc.boolean(),
    data: fc.jsonValue({ maxDepth: 2 }).map(withoutDropped),
    below,
  });
}

const inChart = (depth: number): fc.Arbitrary<Branch> =>
  branch(
    ['object', 'object', 'object', 'deployment', 'construct', 'chart'],
    depth === 0 ? fc.constant([]) : fc.array(inChart(depth - 1), { maxLength: 2 }),
  );
const inApp = branch(['chart', 'chart', 'chart', 'construct'], fc.array(inChart(3), { maxLength: 5 }));

/** Trees with charts in charts, objects in constructs and objects, and dependencies between any of them. */
export const trees: fc.Arbitrary<Tree> = fc.record({
  branches: fc.array(inApp, { minLength: 1, maxLength: 5 }),
  dependencies: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 6 }),
});

/** Makes a tree in an app. */
export function grow(app: App, { branches, dependencies }: Tree): void {
  const made: IConstruct[] = [];
  plant(app, branches, made, false);
  const inCharts = made.filter((it) => it.node.scopes.some(Chart.isChart));
  for (const [source, target] of dependencies) {
    const from = inCharts[source % inCharts.length];
    const to = inCharts[target % inCharts.length];
    // Of a chart that depends on itself cdk8s silently writes nothing.
    if (from !== undefined && to !== undefined && from !== to) from.node.addDependency(to);
  }
}

function plant(scope: Construct, branches: readonly Branch[], made: IConstruct[], isInChart: boolean): void {
  for (const branch of branches) {
    // Children with equal ids are not what is tested.
    if (scope.node.tryFindChild(branch.id) !== undefined) continue;
    const kind = isInChart || branch.kind === 'chart' ? branch.kind : 'construct';
    const construct = make(scope, { ...branch, kind }, made.length);
    made.push(construct);
    plant(construct, branch.below, made, isInChart || kind === 'chart');
  }
}

function make(scope: Construct, { id, kind, namespace, isNamed, data }: Branch, index: number): Construct {
  const own = namespace === undefined ? {} : { namespace };
  const metadata = { ...own, ...(isNamed && { name: `object-${index}` }) };
  switch (kind) {
    case 'chart':
      return new Chart(scope, id, { ...own, labels: { chart: 'yes' } });
    case 'construct':
      return new Construct(scope, id);
    case 'object':
      return new ApiObject(scope, id, {
        apiVersion: 'example.com/v1',
        kind: 'Thing',
        metadata,
        spec: { data, lazy: Lazy.any({ produce: () => index }) },
      });
    case 'deployment':
      return new k8s.KubeDeployment(scope, id, {
        metadata,
        spec: {
          selector: { matchLabels: { app: 'it' } },
          strategy: { rollingUpdate: { maxSurge: k8s.IntOrString.fromNumber(index) } },
          template: {
            metadata: { labels: { app: 'it' } },
            spec: { containers: [{ name: 'it', image: 'it:1' }] },
          },
        },
      });
    default:
      return kind satisfies never;
  }
}

/** Without the fields that cdk8s drops, which Capstan refuses. */
function withoutDropped(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll('"__proto__"', '"proto"');
  return JSON.parse(text, (_, field) => field ?? 0);
}
