import { describe, expect, test } from '@jest/globals';
import type { ProgramModel } from '../../lib/model';
import { autoscaler, configMap, deployment } from '../plan/simulate/documents';
import { writeFiles } from '../temporary-folder';
import { capstan, exampleModel, programFolder, programModel } from './example-program';

// Each starts a program of its own.

const BURST = 'time,rate\r\n0,60\r\n599,60\r\n600,500\r\n1500,500\r\n1501,60\r\n2700,60\r\n';

const documents = [configMap(), deployment, autoscaler()] as unknown as NonNullable<
  ProgramModel['documents']
>;
const model: ProgramModel = { ...programModel([exampleModel('shop/develop')]), documents };

function folderWith(file: string, text: string, of: ProgramModel = model): string {
  const folder = programFolder(of);
  writeFiles(folder, { [file]: text });
  return folder;
}

describe('capstan simulate --load', () => {
  test('shows totals, plots and what went wrong, without colours where no terminal is', async () => {
    const { code, out, err } = await capstan(folderWith('day.csv', BURST), 'simulate', '--load', 'day.csv');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^develop, scaled by its HorizontalPodAutoscaler\n {2}tasks {7}/);
    for (const text of [
      'replicas, pods',
      'backlog, tasks',
      'wait of 99 of 100 tasks, s',
      '█',
      'late ',
      '0:45',
    ]) {
      expect(out).toContain(text);
    }
    expect(out).not.toContain('\u001b');
    for (const line of out.split('\n').filter((it) => it.includes('┤'))) {
      expect(line.length).toBeLessThanOrEqual(80);
    }
  });

  test('gives JSON and CSV with units', async () => {
    const folder = folderWith('day.csv', BURST);
    const json = await capstan(folder, 'simulate', '--load', 'day.csv', '--worker', 'develop', '--json');
    const [worker] = JSON.parse(json.out);
    expect(worker.steps).toHaveLength(180);
    expect(worker.totals.lateTasks).toBeGreaterThan(0);
    const csv = await capstan(folder, 'simulate', '--load', 'day.csv', '--csv');
    const [header, ...rows] = csv.out.trimEnd().split('\n');
    expect(header).toMatch(/^worker,atSeconds \(s\),arrivalsPerSecond \(tasks\/s\),replicas \(pods\),/);
    expect(rows).toHaveLength(180);
  });

  test('takes what Prometheus answers', async () => {
    const values = Array.from({ length: 20 }, (_, n) => [1_767_225_600 + n * 15, '80']);
    const answer = JSON.stringify({ status: 'success', data: { result: [{ metric: {}, values }] } });
    const { code, out } = await capstan(folderWith('range.json', answer), 'simulate', '--load', 'range.json');
    expect(code).toBe(0);
    expect(out).toContain('22,800');
  });

  test('counts as late what waits longer than --late', async () => {
    const folder = folderWith('day.csv', BURST);
    const late = async (seconds: string) => {
      const { out } = await capstan(folder, 'simulate', '--load', 'day.csv', '--late', seconds, '--json');
      return JSON.parse(out)[0].totals.lateTasks;
    };
    expect(await late('1')).toBeGreaterThan(await late('15'));
  });

  const nothing = { ...model, documents: [configMap(), autoscaler()] as unknown as typeof documents };

  test.each<[string, string, string[], ProgramModel, string]>([
    ['an empty file', '', [], model, 'day.csv must begin with the line time,rate'],
    ['a negative rate', 'time,rate\n0,-1\n9,2\n', [], model, 'day.csv: line 2 must have a rate from 0'],
    ['no number', 'time,rate\r\n0,NaN\r\n9,2\r\n', [], model, 'day.csv: line 2 must have a rate from 0'],
    ['an unknown worker', BURST, ['--worker', 'crawl'], model, 'workers: crawl must be scaled by one'],
    [
      'an unknown environment',
      BURST,
      ['-e', 'prod'],
      model,
      '--environment must name an environment, got prod',
    ],
    ['--late without a number', BURST, ['--late', 'soon'], model, 'It must be a number of seconds'],
    ['--json beside --csv', BURST, ['--json', '--csv'], model, 'cannot be used with'],
    [
      'an autoscaler of nothing',
      BURST,
      [],
      nothing,
      'HorizontalPodAutoscaler develop: spec.scaleTargetRef must name a workload',
    ],
  ])('fails for %s, in one line', async (_, text, words, of, line) => {
    const { code, out, err } = await capstan(
      folderWith('day.csv', text, of),
      'simulate',
      '--load',
      'day.csv',
      ...words,
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(line);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('names a file as it was given', async () => {
    const folder = folderWith('loads/day.csv', '');
    expect((await capstan(folder, 'simulate', '--load', 'loads/day.csv')).err).toMatch(
      /^loads\/day\.csv must begin with the line time,rate/,
    );
  });

  test('fails without a file that is there, and without anything to do', async () => {
    const folder = programFolder(model);
    expect((await capstan(folder, 'simulate', '--load', 'none.csv')).err).toMatch(/^Cannot read none\.csv: /);
    expect((await capstan(folder, 'simulate')).err).toContain('Say what to simulate: --load FILE');
  });
});

describe('capstan plan --explain', () => {
  test('takes the name of a worker before the figure', async () => {
    const folder = programFolder(model);
    const long = await capstan(folder, 'plan', 'develop', '--explain', 'gracePeriod');
    const short = await capstan(folder, 'plan', '--explain', 'develop.gracePeriod');
    expect(short).toEqual(long);
    expect(short.out).toContain('gracePeriod');
  });

  test('fails for another name, and for one that is not there', async () => {
    const folder = programFolder(model);
    const other = await capstan(folder, 'plan', 'crawl', '--explain', 'develop.gracePeriod');
    expect([other.code, other.err]).toEqual([
      2,
      expect.stringContaining('--explain must be about crawl, got'),
    ]);
    const none = await capstan(folder, 'plan', '--explain', 'crawl.gracePeriod');
    expect([none.code, none.err]).toEqual([2, expect.stringContaining('Unknown name crawl')]);
  });
});
