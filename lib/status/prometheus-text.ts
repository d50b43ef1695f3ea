/** One sample of what a program says about itself. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?(?:\s+#.*)?$/;
const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;
const INFINITIES: Readonly<Record<string, number>> = {
  '+Inf': Number.POSITIVE_INFINITY,
  Inf: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/**
 * Reads the text format of Prometheus (and what OpenMetrics has in common with it); lines that are none are passed over.
 *
 * @param wanted only samples whose names begin so
 */
export function parsePrometheusText(text: string, wanted = ''): Sample[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(wanted) || line.startsWith('#')) return [];
    const [, name, labels = '', value = ''] = LINE.exec(line.trimEnd()) ?? [];
    if (name === undefined) return [];
    const number = INFINITIES[value] ?? Number(value);
    return [{ name, labels: Object.fromEntries(labelsOf(labels)), value: number }];
  });
}

function labelsOf(text: string): [string, string][] {
  return [...text.matchAll(LABEL)].map(([, name = '', value = '']) => [name, unescaped(value)]);
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

/** The sum of samples of a name; `undefined` when there are none. */
export function sumOf(
  samples: readonly Sample[],
  name: string,
  labels: Sample['labels'] = {},
): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  return found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0);
}
