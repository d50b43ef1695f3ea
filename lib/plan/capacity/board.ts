import { type Amounts, resourceNames, vectorOf } from './amounts';
import { at } from './at';
import type { Kind } from './kind';
import { Kinds } from './kinds';
import { type CapacityNode, DEFAULT_PODS } from './node';
import type { CapacityPod, HostPort, PodTemplate } from './pod';

/** A pod on a node. */
export interface Running {
  readonly pod: CapacityPod;
  readonly kind: Kind;
  /** Number of pods that started before. */
  readonly since: number;
}

/** What one node has and gives. */
export interface Seat {
  /** By resource, as {@link vectorOf} has them. */
  readonly allocatable: Float64Array;
  readonly used: Float64Array;
  /** Cpu and memory that are used as scores count them. */
  readonly scored: Float64Array;
  readonly mostPods: number;
  readonly pods: Running[];
}

/** Nodes and the pods that run on them. */
export class Board {
  readonly nodes: CapacityNode[] = [];
  readonly seats: Seat[] = [];
  /** The numbers of all nodes. */
  readonly numbers: number[] = [];
  readonly kinds: Kinds;
  /** Names of the resources of every vector. */
  readonly resources: readonly string[];
  /** What all nodes together can give. */
  readonly totals: Float64Array;
  /** Whether any node has a taint that pods are to avoid. */
  avoids = false;
  /** Changes with everything that may let a pod fit that did not. */
  version = 0;
  private started = 0;

  constructor(templates: readonly PodTemplate[], shapes: Iterable<{ readonly allocatable: Amounts }>) {
    const amounts = [
      ...templates.map(({ requests }) => requests),
      ...[...shapes].map((it) => it.allocatable),
    ];
    this.resources = resourceNames(amounts);
    this.totals = new Float64Array(this.resources.length);
    this.kinds = new Kinds(templates, this.nodes, this.resources);
  }

  /** @returns the number of the node */
  addNode(node: CapacityNode): number {
    this.numbers.push(this.nodes.push(node) - 1);
    this.kinds.topology.add(node);
    this.version++;
    const allocatable = vectorOf(node.allocatable, this.resources);
    this.addToTotals(allocatable, 1);
    this.avoids ||= node.taints.some(({ effect }) => effect === 'PreferNoSchedule');
    return (
      this.seats.push({
        allocatable,
        used: new Float64Array(this.resources.length),
        scored: new Float64Array(2),
        mostPods: node.allocatable.pods ?? DEFAULT_PODS,
        pods: [],
      }) - 1
    );
  }

  /** Takes away the node that was added last, which has to be empty. */
  dropNode(): void {
    this.nodes.pop();
    this.numbers.pop();
    const seat = this.seats.pop();
    if (seat !== undefined) this.addToTotals(seat.allocatable, -1);
    const node = this.nodes.length;
    this.kinds.topology.drop();
    for (const kind of this.kinds.all) if (kind.onNode.length > node) kind.onNode.length = node;
  }

  start(pod: CapacityPod, kind: Kind, node: number): void {
    this.put({ pod, kind, since: this.started++ }, node);
  }

  put(running: Running, node: number): void {
    at(this.seats, node).pods.push(running);
    this.count(running.kind, node, 1);
    this.version++;
  }

  remove(running: Running, node: number): void {
    const { pods } = at(this.seats, node);
    pods.splice(pods.indexOf(running), 1);
    this.count(running.kind, node, -1);
    this.version++;
  }

  private addToTotals(allocatable: Float64Array, sign: number): void {
    for (let index = 0; index < allocatable.length; index++) {
      this.totals[index] = (this.totals[index] ?? 0) + sign * (allocatable[index] ?? 0);
    }
  }

  private count({ requests, scored, tallies }: Kind, node: number, sign: number): void {
    const seat = at(this.seats, node);
    for (let index = 0; index < requests.length; index++) {
      seat.used[index] = (seat.used[index] ?? 0) + sign * (requests[index] ?? 0);
    }
    for (let index = 0; index < scored.length; index++) {
      seat.scored[index] = (seat.scored[index] ?? 0) + sign * (scored[index] ?? 0);
    }
    for (const tally of tallies) tally.add(node, sign);
  }
}

/** Whether a node has these ports left: those of one address are also taken by who takes those of all. */
export function hasPorts({ pods }: Seat, wanted: readonly HostPort[]): boolean {
  return wanted.every((port) =>
    pods.every(({ kind }) => (kind.template.hostPorts ?? []).every((taken) => !collide(port, taken))),
  );
}

const EVERY_ADDRESS = '0.0.0.0';

function collide(one: HostPort, other: HostPort): boolean {
  const [address, taken] = [one.address ?? EVERY_ADDRESS, other.address ?? EVERY_ADDRESS];
  return (
    one.port === other.port &&
    (one.protocol ?? 'TCP') === (other.protocol ?? 'TCP') &&
    (address === taken || address === EVERY_ADDRESS || taken === EVERY_ADDRESS)
  );
}
