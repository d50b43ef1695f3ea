import type { CapacityNode } from './node';

/** Stands for a node without the label. */
export const NO_DOMAIN = -1;

/** Which nodes share a value of a label: the domains of a topology key. */
export class Domains {
  /** Number of the domain of each node, by the number of the node; {@link NO_DOMAIN} without the label. */
  readonly ofNode: number[] = [];
  private readonly numbers = new Map<string, number>();

  constructor(readonly key: string) {}

  /** How many there are. */
  get count(): number {
    return this.numbers.size;
  }

  at(node: number): number {
    return this.ofNode[node] ?? NO_DOMAIN;
  }

  add({ labels }: CapacityNode): void {
    const value = labels[this.key];
    if (value === undefined) {
      this.ofNode.push(NO_DOMAIN);
      return;
    }
    const number = this.numbers.get(value) ?? this.numbers.size;
    this.numbers.set(value, number);
    this.ofNode.push(number);
  }
}

/** The domains of every topology key that somebody asks about. */
export class Topology {
  private readonly byKey = new Map<string, Domains>();

  constructor(private readonly nodes: readonly CapacityNode[]) {}

  of(key: string): Domains {
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const domains = new Domains(key);
    for (const node of this.nodes) domains.add(node);
    this.byKey.set(key, domains);
    return domains;
  }

  /** Forgets the node that was taken up last. */
  drop(): void {
    for (const domains of this.byKey.values()) domains.ofNode.pop();
  }

  /** Takes up a node that was added to the list. */
  add(node: CapacityNode): void {
    for (const domains of this.byKey.values()) domains.add(node);
  }
}
