/** What an autoscaler says about its last look. */
export interface Decision {
  /** When it was seen, up to a second after it was so. */
  readonly atSeconds: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  /** Averages over the pods by name of the metric, as the autoscaler saw them. */
  readonly averages: Readonly<Record<string, number>>;
  /** Reasons of the conditions, such as `ReadyForNewScale` or `ScaleDownStabilized`. */
  readonly reasons: readonly string[];
}

/** The part of a HorizontalPodAutoscaler that is looked at. */
export interface Autoscaler {
  readonly status?: {
    readonly currentReplicas?: number;
    readonly desiredReplicas?: number;
    readonly currentMetrics?: readonly (Partial<Record<'pods' | 'external', Metric>> | null)[] | null;
    readonly conditions?: readonly { readonly type: string; readonly reason: string }[];
  };
}

interface Metric {
  readonly metric: { readonly name: string };
  readonly current: { readonly averageValue?: string };
}

/** Reads the status of an autoscaler. */
export function decisionOf(atSeconds: number, { status = {} }: Autoscaler): Decision {
  const metrics = (status.currentMetrics ?? []).flatMap((it) => it?.pods ?? it?.external ?? []);
  const averages = metrics.map(
    ({ metric, current }) => [metric.name, quantity(current.averageValue ?? '0')] as const,
  );
  return {
    atSeconds,
    currentReplicas: status.currentReplicas ?? 0,
    desiredReplicas: status.desiredReplicas ?? 0,
    averages: Object.fromEntries(averages),
    reasons: (status.conditions ?? []).map(({ reason }) => reason),
  };
}

/** `700m` is 0.7. */
export function quantity(text: string): number {
  return text.endsWith('m') ? Number(text.slice(0, -1)) / 1000 : Number(text);
}
