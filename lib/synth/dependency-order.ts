import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { SpecError } from '../spec-error';
import type { DependencyLinks } from './dependency-links';
import { ownObjects } from './survey';

/**
 * Sorts the constructs of a tree, or of a part of it, so that what a construct depends on stands before it, in the
 * order of cdk8s' `DependencyGraph`.
 *
 * That a construct depends on another one means that each object of the one depends on each object of the other, where
 * both have their chart. cdk8s draws all these edges; here each object asks for them when it is its turn.
 *
 * @param constructs in the order of the tree
 * @throws SpecError when dependencies form a cycle
 */
export function dependenciesFirst(
  constructs: readonly IConstruct[],
  links: DependencyLinks,
): readonly IConstruct[] {
  if (constructs.every((construct) => links.of(construct).length === 0)) return constructs;
  return new DependencySort(constructs, links).sort();
}

/** A construct whose dependencies are being sorted in. */
interface Step {
  readonly construct: IConstruct;
  readonly rest: Iterator<IConstruct>;
}

class DependencySort {
  /** What the constructs depend on; those without dependencies are left out. */
  private readonly targets = new Map<IConstruct, readonly IConstruct[]>();
  private readonly objects = new Map<IConstruct, readonly ApiObject[]>();
  private readonly sorted = new Set<IConstruct>();
  /** Constructs whose objects are all sorted in. */
  private readonly settled = new Set<IConstruct>();

  constructor(
    private readonly constructs: readonly IConstruct[],
    links: DependencyLinks,
  ) {
    const within = new Set(constructs);
    for (const construct of constructs) {
      const targets = links.of(construct).filter((target) => within.has(target));
      if (targets.length > 0) this.targets.set(construct, targets);
    }
  }

  sort(): IConstruct[] {
    const needed = this.needed();
    for (const start of this.constructs) if (!needed.has(start)) this.add(start);
    // What no start leads to is on a cycle, which this finds.
    if (this.sorted.size < this.constructs.length) for (const start of this.constructs) this.add(start);
    return [...this.sorted];
  }

  /** What something else depends on. */
  private needed(): ReadonlySet<IConstruct> {
    const needed = new Set<IConstruct>();
    const whole = new Set<IConstruct>();
    for (const [source, targets] of this.targets) {
      const [first, second] = this.objectsOf(source);
      for (const target of targets) {
        needed.add(target);
        if (first === undefined || whole.has(target)) continue;
        const others = this.objectsOf(target).filter((it) => it !== first || second !== undefined);
        for (const object of others) needed.add(object);
        if (others.length === this.objectsOf(target).length) whole.add(target);
      }
    }
    return needed;
  }

  /** Adds a construct behind all that it depends on. With a stack of its own, as chains can be long. */
  private add(start: IConstruct): void {
    if (this.sorted.has(start)) return;
    const path = new Set<IConstruct>();
    const steps: Step[] = [];
    const enter = (construct: IConstruct) => {
      path.add(construct);
      steps.push({ construct, rest: this.targetsOf(construct) });
    };
    enter(start);
    for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) {
      const next = step.rest.next();
      if (next.done) {
        path.delete(step.construct);
        this.sorted.add(step.construct);
        steps.pop();
      } else if (path.has(next.value)) {
        throw cycleError([...path], next.value);
      } else if (!this.sorted.has(next.value)) {
        enter(next.value);
      }
    }
  }

  private *targetsOf(construct: IConstruct): Generator<IConstruct, void> {
    yield* this.targets.get(construct) ?? [];
    if (!ApiObject.isApiObject(construct)) return;
    for (const source of sharedScopes(construct)) {
      for (const target of this.targets.get(source) ?? []) {
        if (this.settled.has(target)) continue;
        const objects = this.objectsOf(target);
        for (const object of objects) if (object !== construct) yield object;
        if (!objects.includes(construct)) this.settled.add(target);
      }
    }
  }

  private objectsOf(construct: IConstruct): readonly ApiObject[] {
    const objects = this.objects.get(construct) ?? ownObjects(construct);
    this.objects.set(construct, objects);
    return objects;
  }
}

/** The constructs whose dependencies are also those of an object: from its chart down to itself. */
function sharedScopes(object: ApiObject): IConstruct[] {
  const { scopes } = object.node;
  return scopes.slice(scopes.findLastIndex(Chart.isChart));
}

function cycleError(path: readonly IConstruct[], again: IConstruct): SpecError {
  const cycle = [...path.slice(path.indexOf(again)), again].map(({ node }) => node.path);
  return new SpecError([
    {
      path: again.node.path,
      message: `dependencies must not form a cycle, got ${cycle.join(' → ')}. Take one of them out.`,
    },
  ]);
}
