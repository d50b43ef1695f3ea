/** A Kubernetes document, as far as it is compared here. */
export type Document = Readonly<Record<string, unknown>>;

/** Fields with these values say what the API server would fill in anyway. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  dnsPolicy: 'ClusterFirst',
  hostNetwork: false,
  immutable: false,
  privileged: false,
  progressDeadlineSeconds: 600,
  protocol: 'TCP',
  restartPolicy: 'Always',
  scheme: 'HTTP',
  selectPolicy: 'Max',
  setHostnameAsFQDN: false,
  stabilizationWindowSeconds: 0,
  type: 'ClusterIP',
};

/** Labels by which a tool knows its own objects. */
const TOOL_LABELS = ['app.kubernetes.io/managed-by', 'helm.sh/chart'];

/** The label that cdk8s-plus-27 puts on every pod; its value is the tool's own. */
const ADDRESS_LABEL = 'cdk8s.io/metadata.addr';
const INSTANCE_LABEL = 'app.kubernetes.io/instance';

const QUANTITIES = ['averageValue', 'cpu', 'memory', 'ephemeral-storage', 'sizeLimit'];
const UNITS: Readonly<Record<string, number>> = { '': 1, m: 1 / 1000, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

/** Objects by kind and name, without what only tells which tool wrote them and what goes without saying. */
export function normalise(documents: readonly Document[]): Record<string, unknown> {
  return Object.fromEntries(
    documents.map((document) => {
      const { kind, metadata } = document as { kind: string; metadata: { name: string; namespace?: string } };
      return [`${kind} ${metadata.name}`, normalised(document, metadata.namespace)];
    }),
  );
}

function normalised(value: unknown, namespace: string | undefined, key = ''): unknown {
  if (Array.isArray(value)) return value.map((element) => normalised(element, namespace));
  if (typeof value !== 'object' || value === null) return scalar(key, value);
  const fields = Object.entries(value).filter(([name, field]) => !goesWithoutSaying(name, field, namespace));
  return Object.fromEntries(
    fields.map(([name, field]) => {
      if (name === ADDRESS_LABEL) return [INSTANCE_LABEL, (value as Document)[INSTANCE_LABEL] ?? 'resize'];
      return [name, normalised(field, namespace, name)];
    }),
  );
}

function goesWithoutSaying(name: string, field: unknown, namespace: string | undefined): boolean {
  if (TOOL_LABELS.includes(name) || DEFAULTS[name] === field) return true;
  return name === 'namespaces' && Array.isArray(field) && field.length === 1 && field[0] === namespace;
}

function scalar(key: string, value: unknown): unknown {
  if (key === 'checksum/config') return 'changes with the configuration';
  if (key === 'worker.json') return JSON.parse(String(value));
  if (!QUANTITIES.includes(key)) return value;
  const [, number, unit = ''] = /^([\d.]+)([A-Za-z]*)$/.exec(String(value)) ?? [];
  return Math.round(1000 * Number(number) * (UNITS[unit] ?? Number.NaN));
}
