import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  burstLoad,
  constantLoad,
  dailyLoad,
  expectedTasks,
  formatProblem,
  type Load,
  LoadReader,
  parseLoadCsv,
  parsePrometheusRange,
  rampLoad,
  rateAt,
} from '../../../lib/plan';

const said = (load: Load) => load.problems.map(formatProblem);

describe('loads from numbers', () => {
  test('are what they are called', () => {
    const constant = constantLoad({ rate: 12, seconds: 60 });
    expect([rateAt(constant, 0), rateAt(constant, 59), expectedTasks(constant)]).toEqual([12, 12, 720]);
    const ramp = rampLoad({ start: 0, end: 10, seconds: 100 });
    expect([rateAt(ramp, 50), expectedTasks(ramp)]).toEqual([5, 500]);
    const burst = burstLoad({ base: 1, burst: 9, atSeconds: 10, burstSeconds: 5, seconds: 30 });
    expect([9.999, 10, 14.999, 15].map((at) => rateAt(burst, at))).toEqual([1, 9, 9, 1]);
    const daily = dailyLoad({ low: 2, high: 10, days: 2 });
    expect(daily.durationSeconds).toBe(2 * 86_400);
    expect(rateAt(daily, 14 * 3600)).toBeCloseTo(10, 9);
    expect(rateAt(daily, 2 * 3600)).toBeCloseTo(2, 9);
    expect(expectedTasks(daily) / daily.durationSeconds).toBeCloseTo(6, 6);
  });

  test.each([
    [constantLoad({ rate: -1, seconds: 60 }), 'load.rate must be 0 tasks/s or more, got -1 tasks/s'],
    [constantLoad({ rate: Number.NaN, seconds: 60 }), 'load.rate must be 0 tasks/s or more, got NaN'],
    [constantLoad({ rate: 1, seconds: 0 }), 'load.seconds must be 1 s or more, got 0 s'],
    [rampLoad({ start: 0, end: Infinity, seconds: 60 }), 'load.end must be 1,000,000,000 tasks/s or less'],
    [dailyLoad({ low: 1, high: 2, days: 1.5 }), 'load.days must be a whole number of 1 or more, got 1.5'],
    [
      burstLoad({ base: 1, burst: 2, atSeconds: 70, burstSeconds: 1, seconds: 60 }),
      'load.atSeconds must be 60 s or less, got 70 s',
    ],
  ])('fails with a line that says why: %#', (load, line) => {
    expect(said(load)).toEqual([expect.stringContaining(line)]);
    expect(expectedTasks(load)).toBe(0);
  });

  test('read in steps, no task is lost or counted twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 2, maxLength: 20 }),
        fc.array(fc.double({ min: 0, max: 400, noNaN: true }), { maxLength: 30 }),
        (rates, times) => {
          const rows = rates.map((rate, n) => `${n * 17},${rate}`);
          const load = parseLoadCsv(['seconds,rate', ...rows].join('\n'));
          const reader = new LoadReader(load);
          const parts = [...times.sort((a, b) => a - b), 1e6].map((at) => reader.until(at));
          const sum = parts.reduce((all, part) => all + part, 0);
          expect(sum).toBeCloseTo(expectedTasks(load), 6);
        },
      ),
    );
  });
});

describe('a load from CSV', () => {
  test('takes both headers, ends of lines of Windows, and dates', () => {
    const plain = parseLoadCsv('time,rate\n0,5\n3600,10\n');
    const windows = parseLoadCsv('\uFEFFseconds,tasks/s\r\n100,5\r\n3700,10\r\n\r\n');
    const dated = parseLoadCsv('Time, Rate\n2026-05-04T13:00:00Z,5\n"2026-05-04 14:00:00","10"');
    for (const load of [plain, windows, dated]) {
      expect(said(load)).toEqual([]);
      expect([load.seconds, load.rates]).toEqual([
        [0, 3600],
        [5, 10],
      ]);
    }
  });

  test.each([
    ['', 'day.csv must begin with the line time,rate or seconds,tasks/s, got an empty file. Add it'],
    ['\r\n\r\n', 'day.csv must begin with the line time,rate'],
    ['0,5\n10,6', 'day.csv must begin with the line time,rate or seconds,tasks/s, got "0,5"'],
    ['time;rate\n0;5', 'got "time;rate". Add it, and separate columns by commas.'],
    ['time,rate\n', 'day.csv must have two times or more, each with its rate, got none'],
    ['time,rate\n0,5', 'day.csv must have two times or more, each with its rate, got 1'],
    [
      'time,rate\n0,5\n10,-3\n',
      'day.csv: line 3 must have a rate from 0 to 1,000,000,000 tasks/s, got "10,-3"',
    ],
    ['time,rate\n0,NaN\n10,3\n', 'day.csv: line 2 must have a rate from 0'],
    ['time,rate\n0,5\n10,\n', 'day.csv: line 3 must have a rate from 0'],
    ['time,rate\n0,5\n10\n', 'day.csv: line 3 must have a rate from 0'],
    ['time,rate\n0,5\n10,1,2\n', 'day.csv: line 3 must have a rate from 0'],
    ['time,rate\n0,5\n\n10,Infinity\n', 'day.csv: line 4 must have a rate from 0'],
    ['time,rate\nnoon,5\n10,3\n', 'day.csv: line 2 must have a time in seconds, or as 2026-05-04T13:30:00Z'],
    ['time,rate\n,5\n10,3\n', 'day.csv: line 2 must have a time'],
    [
      'time,rate\n10,5\n0,3\n',
      'day.csv: line 3 must be later than the time before it, got "0,3". Sort by time',
    ],
    ['time,rate\n10,5\n10,3\n', 'day.csv: line 3 must be later than'],
    ['time,rate\n0,0x10\n10,3\n', 'day.csv: line 2 must have a rate from 0'],
    ['time,rate\n2026-02-30,5\n2026-03-04,3\n', 'day.csv: line 2 must have a time'],
    [
      'time,rate\n1767225600000,5\n1767225660000,3\n',
      'day.csv: line 2 must have a time in seconds, and not in milliseconds, got "1767225600000,5". Divide',
    ],
    ['time,rate\n0,5\n1767225600,3\n', 'day.csv must last 100 days or less'],
  ])('fails with one line: %j', (text, line) => {
    expect(said(parseLoadCsv(text, 'day.csv'))).toEqual([expect.stringContaining(line)]);
  });

  test('fails, and does not throw, on any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `time,rate\n${text}`),
        ),
        (text) => {
          expect(said(parseLoadCsv(text)).length).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});

describe('a load from Prometheus', () => {
  const series = (values: unknown, count = 1) => ({
    status: 'success',
    data: { resultType: 'matrix', result: new Array(count).fill({ metric: {}, values }) },
  });
  const values = [
    [1_767_225_600, '5'],
    [1_767_225_615.5, '7.5'],
  ];

  test('takes an answer, its data, or its series alone', () => {
    for (const answer of [series(values), series(values).data, series(values).data.result]) {
      const load = parsePrometheusRange(`\uFEFF${JSON.stringify(answer)}`);
      expect(said(load)).toEqual([]);
      expect([load.seconds, load.rates]).toEqual([
        [0, 15.5],
        [5, 7.5],
      ]);
    }
  });

  test.each([
    [
      'no JSON',
      'range.json must be the JSON of a range query of Prometheus (resultType matrix), got no JSON',
    ],
    [JSON.stringify({ status: 'error', error: 'bad query' }), 'got the error bad query'],
    [JSON.stringify({ data: { resultType: 'vector', result: [{ value: [1, '2'] }] } }), 'got vector'],
    [JSON.stringify(series(values, 3)), 'range.json must have one series, got 3. Ask for the sum of all'],
    [JSON.stringify(series(values, 0)), 'range.json must have one series, got 0'],
    [JSON.stringify(series([])), 'range.json must have two times or more'],
    [
      JSON.stringify(
        series([
          [1, '2'],
          [2, 'NaN'],
        ]),
      ),
      'range.json: value 2 must have a rate from 0',
    ],
    [
      JSON.stringify(
        series([
          [1, '2'],
          [2, '-1'],
        ]),
      ),
      'range.json: value 2 must have a rate from 0',
    ],
    [JSON.stringify(series([[1, '2'], 7])), 'range.json: value 2 must have a time'],
    ['null', 'got something else'],
  ])('fails with one line: %s', (text, line) => {
    expect(said(parsePrometheusRange(text, 'range.json'))).toEqual([expect.stringContaining(line)]);
  });
});
