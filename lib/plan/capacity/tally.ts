import type { Kind } from './kind';

/** How many pods of some templates run on each node. */
export class Tally {
  /** By the number of the node. */
  readonly onNode: number[] = [];
  total = 0;

  add(node: number, change: number): void {
    this.onNode[node] = (this.onNode[node] ?? 0) + change;
    this.total += change;
  }

  at(node: number): number {
    return this.onNode[node] ?? 0;
  }
}

/** The tallies of a board: one for each set of templates that somebody asks about. */
export class Tallies {
  private readonly byMembers = new Map<string, Tally>();

  constructor(private readonly kinds: readonly Kind[]) {}

  /** The tally of the pods of all templates for which this holds. */
  of(counts: (kind: Kind) => boolean): Tally {
    const members = this.kinds.filter(counts);
    const key = members.map(({ index }) => index).join();
    const known = this.byMembers.get(key);
    if (known !== undefined) return known;
    const tally = new Tally();
    this.byMembers.set(key, tally);
    for (const kind of members) kind.tallies.push(tally);
    return tally;
  }
}
