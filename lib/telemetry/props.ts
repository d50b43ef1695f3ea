import type { EnvValue } from 'cdk8s-plus-27';
import type { Endpoint } from '../network/endpoint';
import type { ClientTls } from '../source/client-access';

/** How the context of a trace is carried in headers: as the W3C says, or as B3 in one header or in several. */
export type Propagator = 'tracecontext' | 'baggage' | 'b3' | 'b3multi';

/** Traces of a program's work (OpenTelemetry), and where they go. */
export interface TelemetryProps {
  /** The collector that traces go to. */
  readonly collector: TelemetryCollector;
  /**
   * Share of new traces that are kept, from 0 to 1. A trace that began elsewhere is kept when it was kept there.
   * @default 1: all are kept
   */
  readonly sampleRatio?: number;
  /**
   * How the context of a trace is carried: written in all of these forms, read in the first that is there.
   * @default ['tracecontext', 'baggage']
   */
  readonly propagators?: readonly Propagator[];
}

/** A collector that takes OTLP over HTTP, such as the OpenTelemetry collector or Jaeger. */
export interface TelemetryCollector {
  /**
   * Its URL as pods see it, without `/v1/traces`: `http://collector.observability.svc:4318`; `https://` is TLS.
   */
  readonly url: string;
  /** Who answers: pods and addresses that network policies are opened to. */
  readonly at: Endpoint['at'];
  /**
   * Port of the pods that answer, where a Service leads to another one.
   * @default that of the URL
   */
  readonly podPort?: number;
  /**
   * Headers that are sent along, such as a token, as `name=value,name=value` with percent-encoded values, from a Secret:
   * `EnvValue.fromSecretValue(…)`. It becomes the variable OTEL_EXPORTER_OTLP_HEADERS.
   * @default none
   */
  readonly headers?: EnvValue;
  /**
   * Whom the pods trust as the collector, and the certificate that they show to it. The URL has to begin with `https://`.
   * @default the certificates of the system are trusted, and none is shown
   */
  readonly tls?: ClientTls;
}

/** The property that all workloads of Capstan's runtime have. */
export interface TracedProps {
  /**
   * Traces of the program's work; a program without them carries none of OpenTelemetry.
   * @default that of the environment; without one no traces are made
   */
  readonly telemetry?: TelemetryProps | 'none';
}
