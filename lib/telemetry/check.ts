import type { Problem } from '../plan/problem';
import { checkTls } from '../workload/check/client-access';
import { valueText } from '../workload/value-text';
import type { Propagator, TelemetryProps } from './props';

const PROPAGATORS: readonly Propagator[] = ['tracecontext', 'baggage', 'b3', 'b3multi'];

/**
 * What is wrong with traces.
 *
 * @param prop the property that they are given in
 */
export function checkTelemetry(telemetry: TelemetryProps, prop = 'telemetry'): Problem[] {
  return [
    ...checkUrl(telemetry, prop),
    ...checkHeaders(telemetry, prop),
    ...checkCertificates(telemetry, prop),
    ...checkRatio(telemetry, prop),
    ...checkPropagators(telemetry, prop),
  ];
}

function checkUrl({ collector }: TelemetryProps, prop: string): Problem[] {
  const { url: text } = collector;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url?.search === '' && url.hash === '' && url.username === '' && url.password === '';
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  const hasPath = url?.pathname.endsWith('/v1/traces') ?? false;
  if (isPlain && isHttp && !hasPath) return [];
  return [
    {
      prop: `${prop}.collector.url`,
      wanted: 'must be a URL http:// or https:// without /v1/traces, a user, a query and a fragment',
      got: valueText(text),
      fix: 'Give where it takes OTLP over HTTP, such as http://collector.observability.svc:4318.',
    },
  ];
}

function checkHeaders({ collector }: TelemetryProps, prop: string): Problem[] {
  if (collector.headers === undefined || collector.headers.valueFrom !== undefined) return [];
  return [
    {
      prop: `${prop}.collector.headers`,
      wanted: 'must come from a Secret, since manifests are readable by many',
      got: 'a text',
      fix: 'Give EnvValue.fromSecretValue({ secret, key }).',
    },
  ];
}

function checkCertificates({ collector: { url, tls } }: TelemetryProps, prop: string): Problem[] {
  if (tls === undefined) return [];
  const problems = checkTls({ tls }, `${prop}.collector`);
  if (url.startsWith('https:')) return problems;
  return [
    ...problems,
    {
      prop: `${prop}.collector.tls`,
      wanted: 'must be left out with a URL that does not begin with https://',
      got: `certificates for ${valueText(url)}`,
      fix: 'Give an https:// URL, or remove tls.',
    },
  ];
}

function checkRatio({ sampleRatio = 1 }: TelemetryProps, prop: string): Problem[] {
  if (sampleRatio >= 0 && sampleRatio <= 1) return [];
  return [
    {
      prop: `${prop}.sampleRatio`,
      wanted: 'must be a number from 0 to 1',
      got: valueText(sampleRatio),
      fix: 'Give the share of new traces that are kept, such as 0.1.',
    },
  ];
}

function checkPropagators({ propagators }: TelemetryProps, prop: string): Problem[] {
  if (propagators === undefined) return [];
  const isKnown = propagators.every((it) => PROPAGATORS.includes(it));
  if (isKnown && propagators.length > 0 && new Set(propagators).size === propagators.length) return [];
  return [
    {
      prop: `${prop}.propagators`,
      wanted: `must list one or more of ${PROPAGATORS.join(', ')}, each once`,
      got: valueText(propagators.join(', ')),
      fix: 'Correct it, or leave it out for tracecontext and baggage.',
    },
  ];
}
