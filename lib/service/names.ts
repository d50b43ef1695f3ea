import { METRICS_PORT } from '../workload/names';

/** Ports of a service's pods. */
export const PORTS = {
  /** Requests of all protocols. */
  http: { name: 'http', number: 8080 },
  /** /startupz, /healthz, /readyz, /metrics. */
  metrics: METRICS_PORT,
} as const;

/** Port of the Service when nothing is said. */
export const SERVICE_PORT = 80;

/** Key of the configuration in its ConfigMap, and name of the file. */
export const CONFIG_FILE = 'service.json';

/** Requests in flight ÷ slots of each pod, averaged over 15 s. */
export const UTILIZATION_METRIC = 'capstan_service_utilization';

/** Requests per second of each pod: the rate of `capstan_requests_total`, as docs/deploy.md has the adapter serve it. */
export const REQUEST_RATE_METRIC = 'capstan_requests_per_second';
