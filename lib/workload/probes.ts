import { Duration } from 'cdk8s';
import { Probe } from 'cdk8s-plus-27';
import { METRICS_PORT } from './names';

const port = METRICS_PORT.number;

/**
 * The probes of a Capstan runtime. All ask the process itself, never its queue or anything else outside the pod: a broker
 * that is down must not restart the pods (it would take the fleet with it and help nobody).
 */
export const PROBES = {
  /**
   * Has the process come up? It is ready within tenths of a second, so it is asked every second; a node that
   * is short of CPU gets a minute.
   */
  startup: Probe.fromHttpGet('/startupz', {
    port,
    periodSeconds: Duration.seconds(1),
    timeoutSeconds: Duration.seconds(1),
    failureThreshold: 60,
  }),
  /** Does it take work? Off from SIGTERM on; two misses take the pod out of its Services. */
  readiness: Probe.fromHttpGet('/readyz', {
    port,
    periodSeconds: Duration.seconds(5),
    timeoutSeconds: Duration.seconds(2),
    failureThreshold: 2,
  }),
  /**
   * Does the process still answer at all? A restart costs the running tasks, and CPU-bound tasks under a CPU limit
   * delay answers, so only a minute of silence counts.
   */
  liveness: Probe.fromHttpGet('/healthz', {
    port,
    periodSeconds: Duration.seconds(15),
    timeoutSeconds: Duration.seconds(5),
    failureThreshold: 4,
  }),
} as const;
