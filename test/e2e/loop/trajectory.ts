import { setTimeout as pause } from 'node:timers/promises';
import type { ApiProxy } from '../api-proxy';
import { type Autoscaler, type Decision, decisionOf, quantity } from './decision';

const SECOND_MS = 1000;

/** What is there at a moment. */
export interface Sample {
  readonly atSeconds: number;
  /** Pods that are wanted: `spec.replicas`. */
  readonly replicas: number;
  /** Pods that take tasks. */
  readonly readyPods: number;
  /** All pods, starting and terminating ones included. */
  readonly pods: number;
  /** Mean over the pods of the metric that the autoscaler goes by; undefined while nobody serves it. */
  readonly utilization: number | undefined;
  /** Tasks at the broker that nobody has settled. */
  readonly unsettledTasks: number;
  /** Those of them that no pod has fetched. */
  readonly pendingTasks: number;
}

/** What is recorded while a worker is scaled. */
export class Trajectory {
  readonly samples: Sample[] = [];
  /** What the autoscaler says about itself, each time that it says something else. */
  readonly decisions: Decision[] = [];
  /** Why looks failed. */
  readonly failures: string[] = [];
  private readonly readyAfter = new Map<string, number>();
  private isOver = false;

  /** @param seconds the time since the start */
  constructor(
    private readonly proxy: ApiProxy,
    private readonly namespace: string,
    private readonly worker: string,
    private readonly seconds: () => number,
  ) {}

  /** Looks every second until {@link stop} is called. A look that fails is left out: a server may be busy. */
  async run(): Promise<void> {
    while (!this.isOver) {
      const next = pause(SECOND_MS);
      await this.look().catch((error: unknown) => this.failures.push(String(error)));
      await next;
    }
  }

  stop(): void {
    this.isOver = true;
  }

  /** What was seen last. */
  get last(): Sample | undefined {
    return this.samples.at(-1);
  }

  /** Seconds from the creation of each pod until it was ready, to the second, in the order of time. */
  get startSeconds(): number[] {
    return [...this.readyAfter.values()];
  }

  private async look(): Promise<void> {
    const { proxy, namespace, worker } = this;
    const selector = encodeURIComponent(`app.kubernetes.io/instance=${worker}`);
    const atSeconds = Math.round(this.seconds() * 10) / 10;
    const [deployment, pods, autoscaler, broker, metric] = await Promise.all([
      proxy.read<Deployment>(`/apis/apps/v1/namespaces/${namespace}/deployments/${worker}`),
      proxy.read<Pods>(`/api/v1/namespaces/${namespace}/pods?labelSelector=${selector}`),
      this.autoscaler(),
      proxy.read<Jsz>(`/api/v1/namespaces/${namespace}/pods/broker-0:8222/proxy/jsz?consumers=true`),
      this.utilization(selector),
    ]);
    const { pending, out } = consumerOf(broker, worker);
    this.samples.push({
      atSeconds,
      replicas: deployment.spec.replicas,
      readyPods: deployment.status.readyReplicas ?? 0,
      pods: pods.items.length,
      utilization: metric,
      unsettledTasks: pending + out,
      pendingTasks: pending,
    });
    this.take(atSeconds, autoscaler);
    this.takeStarts(pods);
  }

  private takeStarts({ items }: Pods): void {
    for (const { metadata, status } of items) {
      const ready = status.conditions?.find(({ type }) => type === 'Ready');
      if (ready?.status !== 'True' || this.readyAfter.has(metadata.name)) continue;
      const took = Date.parse(ready.lastTransitionTime) - Date.parse(metadata.creationTimestamp);
      this.readyAfter.set(metadata.name, took / 1000);
    }
  }

  private take(atSeconds: number, autoscaler: Autoscaler | undefined): void {
    if (autoscaler === undefined) return;
    const decision = decisionOf(atSeconds, autoscaler);
    const { atSeconds: _, ...said } = decision;
    const { atSeconds: __, ...before } = this.decisions.at(-1) ?? { atSeconds: 0 };
    if (JSON.stringify(said) !== JSON.stringify(before)) this.decisions.push(decision);
  }

  private autoscaler(): Promise<Autoscaler | undefined> {
    const path = `/apis/autoscaling/v2/namespaces/${this.namespace}/horizontalpodautoscalers/${this.worker}`;
    return this.proxy.read<Autoscaler>(path).catch(() => undefined);
  }

  /** As the autoscaler gets it; nobody serves it while no pod is left. */
  private async utilization(selector: string): Promise<number | undefined> {
    const pods = `/apis/custom.metrics.k8s.io/v1beta1/namespaces/${this.namespace}/pods`;
    const path = `${pods}/*/capstan_pool_utilization?labelSelector=${selector}`;
    const found = await this.proxy.read<Metrics>(path).catch(() => ({ items: [] }));
    if (found.items.length === 0) return undefined;
    const values = found.items.map(({ value }) => quantity(value));
    return round(values.reduce((sum, value) => sum + value, 0) / values.length);
  }
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}

function consumerOf(broker: Jsz, name: string): { pending: number; out: number } {
  const streams = (broker.account_details ?? []).flatMap(({ stream_detail = [] }) => stream_detail);
  const consumers = streams.flatMap(({ consumer_detail = [] }) => consumer_detail);
  const found = consumers.find((it) => it.name === name);
  return { pending: found?.num_pending ?? 0, out: found?.num_ack_pending ?? 0 };
}

interface Deployment {
  readonly spec: { readonly replicas: number };
  readonly status: { readonly readyReplicas?: number };
}

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly creationTimestamp: string };
    readonly status: {
      readonly conditions?: readonly {
        readonly type: string;
        readonly status: string;
        readonly lastTransitionTime: string;
      }[];
    };
  }[];
}

interface Metrics {
  readonly items: readonly { readonly value: string }[];
}

interface Jsz {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly consumer_detail?: readonly {
        readonly name: string;
        readonly num_pending: number;
        readonly num_ack_pending: number;
      }[];
    }[];
  }[];
}
