import type { AppClient, AppKind } from '../go-app';
import type { AppForm } from './app-files';
import { type Requirement, requirements } from './go-mod';

/** What every program needs of the runtime's requirements. */
const COMMON = [
  'github.com/beorn7/perks',
  'github.com/cespare/xxhash/v2',
  'github.com/munnerz/goautoneg',
  'github.com/prometheus/client_golang',
  'github.com/prometheus/client_model',
  'github.com/prometheus/common',
  'github.com/prometheus/procfs',
  'github.com/santhosh-tekuri/jsonschema/v6',
  'golang.org/x/sys',
  'golang.org/x/text',
  'google.golang.org/protobuf',
];

/** What an app of a kind needs besides. */
const KINDS: Readonly<Record<AppKind, readonly string[]>> = {
  worker: ['github.com/HdrHistogram/hdrhistogram-go', 'golang.org/x/time'],
  service: ['connectrpc.com/connect'],
  program: [],
  shipped: [],
};

/** What a client needs besides. */
const CLIENTS: Readonly<Record<AppClient, readonly string[]>> = {
  jetstream: [
    'github.com/klauspost/compress',
    'github.com/nats-io/nats.go',
    'github.com/nats-io/nkeys',
    'github.com/nats-io/nuid',
    'golang.org/x/crypto',
  ],
  kafka: [
    'github.com/klauspost/compress',
    'github.com/pierrec/lz4/v4',
    'github.com/twmb/franz-go',
    'github.com/twmb/franz-go/pkg/kadm',
    'github.com/twmb/franz-go/pkg/kmsg',
  ],
  redis: ['github.com/redis/go-redis/v9', 'go.uber.org/atomic'],
  adaptive: [
    'github.com/bits-and-blooms/bitset',
    'github.com/failsafe-go/failsafe-go',
    'github.com/influxdata/tdigest',
  ],
  telemetry: [
    'github.com/go-logr/logr',
    'github.com/go-logr/stdr',
    'github.com/google/uuid',
    'go.opentelemetry.io/auto/sdk',
    'go.opentelemetry.io/contrib/propagators/b3',
    'go.opentelemetry.io/otel',
    'go.opentelemetry.io/otel/exporters/otlp/otlptrace',
    'go.opentelemetry.io/otel/log',
    'go.opentelemetry.io/otel/metric',
    'go.opentelemetry.io/otel/sdk',
    'go.opentelemetry.io/otel/trace',
    'go.opentelemetry.io/proto/otlp',
  ],
};

/** Modules that an app needs because of its form, beyond those of every app. */
function addedModules({ brokers, kind }: Pick<AppForm, 'brokers' | 'kind'>): ReadonlySet<string> {
  return new Set([...KINDS[kind], ...brokers.flatMap((broker) => CLIENTS[broker])]);
}

/** The modules that an app of this form needs because of the runtime; tests hold the lists to what Go says. */
export function modulesOf(form: Pick<AppForm, 'brokers' | 'kind'>): ReadonlySet<string> {
  return new Set([...COMMON, ...addedModules(form)]);
}

/**
 * An app's go.mod with what its form needs; all else stays as it is, newer versions too.
 *
 * @param text the app's go.mod as it lies there
 * @param runtime text of the runtime's go.mod
 */
export function withAddedModules(
  text: string,
  form: Pick<AppForm, 'brokers' | 'kind'>,
  runtime: string,
): string {
  const added = addedModules(form);
  const present = new Map(requirements(text).map(({ module, version }) => [module, version]));
  const wanted = requirements(runtime).filter(({ module }) => added.has(module));
  const missing = wanted.filter(({ module }) => !present.has(module));
  const old = wanted.filter(({ module, version }) => isOlder(present.get(module) ?? version, version));
  const raised = old.reduce(raise, text);
  if (missing.length === 0) return raised;
  const lines = missing.map(({ module, version }) => `\t${module} ${version} // indirect\n`).join('');
  return `${raised.trimEnd()}\n\nrequire (\n${lines})\n`;
}

/**
 * An app's go.sum with the lines of what its form needs.
 *
 * @param text the app's go.sum as it lies there
 * @param runtime text of the runtime's go.sum
 */
export function withAddedSums(
  text: string,
  form: Pick<AppForm, 'brokers' | 'kind'>,
  runtime: string,
): string {
  const added = addedModules(form);
  const present = new Set(text.split('\n'));
  const missing = runtime
    .split('\n')
    .filter((line) => added.has(line.split(' ', 1)[0] ?? '') && !present.has(line));
  if (missing.length === 0) return text;
  return `${[...present, ...missing]
    .filter((line) => line !== '')
    .sort()
    .join('\n')}\n`;
}

function raise(text: string, { module, version }: Requirement): string {
  const name = module.replaceAll('.', '\\.');
  return text.replace(new RegExp(`^([ \\t]*(?:require[ \\t]+)?${name}[ \\t]+)v\\S+`, 'm'), `$1${version}`);
}

function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((it) => it.slice(1).split(/[-+]/, 1)[0]?.split('.').map(Number) ?? []);
  for (const [index, part] of (b ?? []).entries()) {
    const other = a?.[index] ?? 0;
    if (other !== part) return other < part;
  }
  return version < than;
}
