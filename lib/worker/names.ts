import { METRICS_PORT } from '../workload/names';

/** Ports of a worker's pods. */
export const PORTS = {
  /** /startupz, /healthz, /readyz, /metrics. */
  metrics: METRICS_PORT,
  /** POST /tasks. */
  intake: { name: 'intake', number: 8080 },
} as const;

/** Name of the container. */
export const CONTAINER = 'worker';

/** Key of the configuration in its ConfigMap, and name of the file. */
export const CONFIG_FILE = 'worker.json';

/** Busy slots ÷ slots of each pod, averaged over 15 s. */
export const UTILIZATION_METRIC = 'capstan_pool_utilization';

/** Tasks that wait for a slot. */
export const BACKLOG_METRIC = 'capstan_queue_backlog';
