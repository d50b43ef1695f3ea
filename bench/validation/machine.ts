import { median } from '../page';
import { CASES, isCase } from './cases';
import { type Costs, cpuOf, momentsOf, shares, usesCpuUp } from './costs';
import type { Measured, Results } from './results';
import { list, range, seconds } from './seconds';

/** How fast the machine was meanwhile, and what a CPU limit does to the CPU of a task: a section of the page. */
export function machineSection(results: Results): string {
  const { measured, costs } = results;
  return `## The machine, and CPU under a limit

The same photos, one at a time with one core, took ${range(referenceOf(measured, 'develop'), seconds)} of CPU each, and pages of the crawl
${range(referenceOf(measured, 'crawl'), seconds)}: what a CPU second gets done changes with what else runs on the processor, from one minute to the
next. So this *reference* is run before and after each part of a case, and the costs of that part are those of the moment: in
proportion to the mean of both. What the limit itself does is the quotient of the CPU that a task takes under it and of what it is
expected to by the references, in the pools that use their CPU up:

| job | slots | cores | CPU of a task, expected | in the run | quotient |
| --- | ---: | ---: | ---: | ---: | ---: |
${CASES.flatMap((of) => {
  return usesCpuUp(costs[of.worker], of)
    ? [
        cpuRow(
          measured.filter((it) => isCase(it, of)),
          costs[of.worker],
        ),
      ]
    : [];
}).join('\n')}

## From the signal to a drain

A worker with one processor notices SIGTERM only when the tasks that compute let it: each has its turn before, which
Go ends after 10 ms (\`forcePreemptNS\`), and under a limit all stand still in between. Measured with one core, a turn of develop is
${seconds(costs.develop.turnSeconds)} of CPU. A drain counts from the signal.

| job | slots | cores | noticed after, expected | measured |
| --- | ---: | ---: | ---: | ---: |
${noticeRows(results)}`;
}

function noticeRows({ measured, predicted }: Results): string {
  return CASES.map((of, index) => {
    const notices = measured
      .filter((it) => isCase(it, of))
      .flatMap(({ drains }) => drains.map((it) => it.noticeSeconds));
    const expected = seconds(predicted[index]?.notice ?? 0);
    return `| ${of.worker} | ${of.slots} | ${of.cores} | ${expected} | ${seconds(median(notices))} (${range(notices, seconds)}) |`;
  }).join('\n');
}

function referenceOf(measured: readonly Measured[], worker: Measured['worker']): number[] {
  return measured.filter((it) => it.worker === worker).flatMap(({ cpuNow }) => cpuNow);
}

/** CPU seconds of a task with full slots: in each run, and as the references say. */
export function cpuPairs(runs: readonly Measured[], costs: Costs) {
  return runs.map((run) => ({
    own: cpuOf(costs, run.full),
    expected: shares(momentsOf(costs, run.cpuNow).full, run.slots).cpu,
  }));
}

function cpuRow(runs: readonly Measured[], costs: Costs): string {
  const [first] = runs;
  const pairs = cpuPairs(runs, costs);
  const quotients = pairs.map(({ own, expected }) => own / expected);
  const show = (value: number) => value.toFixed(2);
  return `| ${first?.worker} | ${first?.slots} | ${first?.cores} | ${list(pairs.map((it) => it.expected))} | ${list(pairs.map((it) => it.own))} | ${show(median(quotients))} (${range(quotients, show)}) |`;
}
