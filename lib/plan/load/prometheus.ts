import { brokenLoad, type Load } from './load';
import { loadFromSamples, type Sample } from './samples';

/**
 * A load from what Prometheus answers to a range query (`/api/v1/query_range`), such as
 * `sum(rate(tasks_total[1m]))`: its only series, values in tasks/s.
 *
 * @param text the JSON of the answer
 * @param name of the file, for messages
 * @returns a load with one problem when the text is no such answer, or has no or several series
 */
export function parsePrometheusRange(text: string, name = 'the answer of Prometheus'): Load {
  const answer = parsed(text);
  if (answer === undefined) return brokenLoad(name, notAnAnswer(name, 'no JSON'));
  if (field(answer, 'status') === 'error') {
    return brokenLoad(name, notAnAnswer(name, `the error ${String(field(answer, 'error'))}`));
  }
  const data = field(answer, 'data') ?? answer;
  const series = Array.isArray(data) ? data : field(data, 'result');
  if (!Array.isArray(series) || !series.every((one) => Array.isArray(field(one, 'values')))) {
    return brokenLoad(name, notAnAnswer(name, `${String(field(data, 'resultType') ?? 'something else')}`));
  }
  const [only, ...others] = series;
  if (only === undefined || others.length > 0) {
    return brokenLoad(name, {
      prop: name,
      wanted: 'must have one series',
      got: String(series.length),
      fix: 'Ask for the sum of all, such as sum(rate(tasks_total[1m])).',
    });
  }
  const values = field(only, 'values');
  return loadFromSamples(name, Array.isArray(values) ? values.map(sampleOf) : []);
}

function sampleOf(pair: unknown, index: number): Sample {
  const [time, value]: unknown[] = Array.isArray(pair) ? pair : [];
  return {
    where: `value ${index + 1}`,
    seconds: typeof time === 'number' ? time : Number.NaN,
    rate: typeof value === 'string' && value !== '' ? Number(value) : Number.NaN,
    text: JSON.stringify(pair) ?? 'nothing',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function field(of: unknown, name: string): unknown {
  return typeof of === 'object' && of !== null ? Reflect.get(of, name) : undefined;
}

function notAnAnswer(name: string, got: string) {
  return {
    prop: name,
    wanted: 'must be the JSON of a range query of Prometheus (resultType matrix)',
    got,
    fix: 'Ask /api/v1/query_range, and save what it answers.',
  };
}
