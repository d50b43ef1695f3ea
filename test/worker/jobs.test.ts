import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { Chart, Duration, Size } from 'cdk8s';
import { type IPersistentVolumeClaim, PersistentVolumeClaim, Volume } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import fc from 'fast-check';
import {
  refine,
  Source,
  SpecError,
  set,
  WorkerCronJob,
  type WorkerCronJobProps,
  WorkerJob,
  type WorkerJobProps,
} from '../../lib';
import { type Document, documentsOf, exampleApp, exampleChart, exampleProps, find } from './example-worker';
import { restrictedViolations } from './pod-security';

const schema = JSON.parse(readFileSync(join(__dirname, '../../contract/worker.schema.json'), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

const { scale: _, source: __, ...pod } = exampleProps;
const seeds = Array.from({ length: 100 }, (_seed, page) => ({ page }));
const jobProps: WorkerJobProps = {
  ...pod,
  source: Source.memory({ seeds }),
  completions: 10,
  parallelism: 4,
};
const nats = Source.jetStream({
  servers: ['nats:4222'],
  at: { cidr: '203.0.113.0/24' },
  stream: 'photos',
  consumer: 'backfill',
});

function jobIn(scope: Construct, props: Partial<WorkerJobProps> = {}, id = 'backfill'): WorkerJob {
  return new WorkerJob(scope, id, { ...jobProps, ...props });
}

function jobDocuments(props: Partial<WorkerJobProps> = {}): Document[] {
  const chart = exampleChart();
  jobIn(chart, props);
  return documentsOf(chart);
}

function cronJobDocuments(props: Partial<WorkerCronJobProps> = {}): Document[] {
  const chart = exampleChart();
  new WorkerCronJob(chart, 'sweep', { ...jobProps, schedule: '30 3 * * *', ...props });
  return documentsOf(chart);
}

/** The lines that the synth of a chart ends in. */
function linesOf(build: (chart: Chart) => void): string[] {
  const app = exampleApp();
  build(new Chart(app, 'darkroom', { namespace: 'darkroom' }));
  try {
    app.documents();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message.split('\n');
  }
}

const forms: [string, () => [documents: Document[], job: Document]][] = [
  [
    'a job',
    () => {
      const documents = jobDocuments();
      return [documents, find(documents, 'Job').spec];
    },
  ],
  [
    'a job that runs again and again',
    () => {
      const documents = cronJobDocuments();
      return [documents, find(documents, 'CronJob').spec.jobTemplate.spec];
    },
  ],
];

describe.each(forms)('%s', (_name, render) => {
  const [documents, job] = render();
  const { spec } = job.template;
  const [container] = spec.containers;
  const contract = JSON.parse(find(documents, 'ConfigMap').data['worker.json']);

  test('runs as many pods as planned, by index, and is ended at its deadline', () => {
    const { plan } = jobIn(exampleChart());
    const { completions, parallelism, deadline } = plan.figures;
    expect(job).toMatchObject({
      completionMode: 'Indexed',
      completions: completions.value,
      parallelism: parallelism.value,
      activeDeadlineSeconds: deadline.value,
    });
  });

  test('divides its seeds among the indices, and each pod ends when its part is done', () => {
    validate(contract);
    expect(validate.errors ?? []).toEqual([]);
    expect(contract.source.memory).toMatchObject({ exitWhenIdle: true, shard: { count: 10 } });
    expect(contract.source.memory.shard).not.toHaveProperty('index');
    expect(contract.source.memory.seeds).toHaveLength(100);
  });

  test('fails at once when its pods refuse their configuration, and does not count evictions', () => {
    const { rules } = job.podFailurePolicy;
    expect(rules).toEqual([
      { action: 'FailJob', onExitCodes: { containerName: container.name, operator: 'In', values: [2] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ]);
    expect([job.backoffLimitPerIndex, job.podReplacementPolicy, spec.restartPolicy]).toEqual([
      3,
      'Failed',
      'Never',
    ]);
    expect(job).not.toHaveProperty('backoffLimit');
  });

  test('is asked whether it came up and still answers, and takes no tasks', () => {
    expect(
      Object.keys(container)
        .filter((key) => key.endsWith('Probe'))
        .sort(),
    ).toEqual(['livenessProbe', 'startupProbe']);
    expect(container.ports.map((port: Document) => port.name)).toEqual(['metrics']);
    expect(contract.http).not.toHaveProperty('intakePort');
    expect(documents.filter((it) => it.kind === 'Service').map((it) => it.metadata.name)).toEqual([
      expect.stringMatching(/-metrics$/),
    ]);
  });

  test('has nothing that only makes sense where pods are to stay', () => {
    const kinds = documents.map((it) => it.kind);
    for (const kind of ['HorizontalPodAutoscaler', 'PodDisruptionBudget', 'ScaledObject']) {
      expect(kinds).not.toContain(kind);
    }
  });

  test('is clean under Pod Security restricted, and its policy selects its pods', () => {
    expect(restrictedViolations(spec)).toEqual([]);
    const selector = find(documents, 'NetworkPolicy').spec.podSelector.matchLabels;
    expect(job.template.metadata.labels).toMatchObject(selector);
    expect(job).not.toHaveProperty('selector');
  });

  test('gives the running tasks their time when it is told to end, and no more', () => {
    const { drainSeconds, flushSeconds, lameDuckSeconds } = contract.shutdown;
    expect([lameDuckSeconds, drainSeconds]).toEqual([0, 20]);
    expect(spec.terminationGracePeriodSeconds).toBe(drainSeconds + flushSeconds);
  });
});

describe('the name of a job', () => {
  const nameOf = (props: Partial<WorkerJobProps> = {}): string =>
    find(jobDocuments(props), 'Job').metadata.name;

  test('is its id and a hash, and leaves its pods room for their index', () => {
    expect(nameOf()).toMatch(/^backfill-[0-9a-f]{8}$/);
    const id = 'a'.repeat(48);
    const chart = exampleChart();
    jobIn(chart, { completions: 100_000, parallelism: 1 }, id);
    const name: string = find(documentsOf(chart), 'Job').metadata.name;
    expect(`${name}-99999`.length).toBeLessThanOrEqual(63);
  });

  test.each<[string, Partial<WorkerJobProps>]>([
    ['another task', { source: Source.memory({ seeds: [...seeds, { page: 100 }] }) }],
    ['another setting', { settings: { quality: '80' } }],
    ['another size', { concurrency: 3 }],
    ['another division', { completions: 20 }],
  ])('is another one with %s', (_change, props) => {
    expect(nameOf(props)).not.toBe(nameOf());
  });

  test.each<[string, Partial<WorkerJobProps>]>([
    ['fewer pods at the same time', { parallelism: 2 }],
    ['another deadline', { deadline: Duration.hours(2) }],
    ['another time to keep it', { keepFor: Duration.days(1) }],
    ['more that may be called', { egress: [{ cidr: '0.0.0.0/0', ports: [443] }] }],
  ])('stays with %s, which a job may be given while it runs', (_change, props) => {
    expect(nameOf(props)).toBe(nameOf());
  });

  test('follows what is refined in the template, also later', () => {
    const chart = exampleChart();
    const { job } = jobIn(chart);
    refine(job, set('/spec/template/spec/hostname', 'special'));
    const document = find(documentsOf(chart), 'Job');
    expect(document.spec.template.spec.hostname).toBe('special');
    expect(document.metadata.name).not.toBe(nameOf());
  });

  test('does not depend on where the job stands in the tree', () => {
    const segment = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 3 }), segment, (parents, chartId) => {
        const chart = new Chart(exampleApp(), chartId, { namespace: 'darkroom' });
        jobIn(parents.reduce<Construct>((parent, id) => new Construct(parent, id), chart));
        expect(documentsOf(chart)).toEqual(jobDocuments());
      }),
      { numRuns: 10 },
    );
  });
});

describe('a job', () => {
  test('stays when it is done, unless the program says for how long', () => {
    expect(find(jobDocuments(), 'Job').spec).not.toHaveProperty('ttlSecondsAfterFinished');
    const { spec } = find(jobDocuments({ keepFor: Duration.hours(1) }), 'Job');
    expect(spec.ttlSecondsAfterFinished).toBe(3600);
  });

  test('takes all of a broker with all of its pods, and ends when nothing is left', () => {
    const chart = exampleChart();
    const { completions: _c, parallelism: _p, ...rest } = jobProps;
    const props = { ...rest, source: nats, parallelism: 3, deadline: Duration.hours(1) };
    const { contract, plan } = new WorkerJob(chart, 'backfill', props);
    expect(contract.source.jetstream).toMatchObject({ exitWhenIdle: true });
    expect(contract.source.jetstream).not.toHaveProperty('shard');
    expect(plan.figures.completions.value).toBe(3);
    validate(contract);
    expect(validate.errors ?? []).toEqual([]);
  });

  test('divides the files of a folder', () => {
    const chart = exampleChart();
    const claim = new PersistentVolumeClaim(chart, 'Claim', { storage: Size.gibibytes(1) });
    const volume = Volume.fromPersistentVolumeClaim(chart, 'Volume', claim as IPersistentVolumeClaim);
    const { contract } = jobIn(chart, { source: Source.folder({ volume }), tasks: 1000 });
    expect(contract.source.folder).toEqual({
      input: '/data/in',
      state: '/data/state',
      exitWhenIdle: true,
      shard: { count: 10 },
    });
  });
});

describe('a job that runs again and again', () => {
  const { spec } = find(cronJobDocuments(), 'CronJob');

  test('leaves out a run while one is not done, and tells the time in UTC, unless the program says otherwise', () => {
    expect(spec).toMatchObject({
      schedule: '30 3 * * *',
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: 3600,
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 3,
      suspend: false,
    });
    const other = cronJobDocuments({
      schedule: '*/20 * * * *',
      timeZone: 'Europe/Oslo',
      overlap: 'replace',
      startingDeadline: Duration.minutes(1),
      history: { succeeded: 0, failed: 5 },
      suspend: true,
    });
    expect(find(other, 'CronJob').spec).toMatchObject({
      schedule: '*/20 * * * *',
      timeZone: 'Europe/Oslo',
      concurrencyPolicy: 'Replace',
      startingDeadlineSeconds: 60,
      successfulJobsHistoryLimit: 0,
      failedJobsHistoryLimit: 5,
      suspend: true,
    });
  });

  test('keeps its name whatever changes', () => {
    const named = (props: Partial<WorkerCronJobProps>) =>
      find(cronJobDocuments(props), 'CronJob').metadata.name;
    expect([named({}), named({ concurrency: 2 })]).toEqual(['sweep', 'sweep']);
  });
});

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  test.each<[string, Partial<WorkerJobProps>, RegExp]>([
    [
      'without tasks',
      { source: Source.memory() },
      /source\.seeds must be the tasks of the job: .*, got none\. Give /,
    ],
    [
      'with too few partitions',
      {
        source: Source.kafka({
          brokers: ['k:9092'],
          at: { cidr: '203.0.113.0/24' },
          topic: 't',
          group: 'g',
          partitions: 2,
        }),
        completions: 4,
        deadline: Duration.hours(1),
      },
      /source\.partitions must be 4 \(parallelism\) or more/,
    ],
    [
      'with retries that are none',
      { podRetries: -1 },
      /podRetries must be a whole number of 0 or more, got -1\. /,
    ],
    [
      'with a lame duck',
      { shutdown: { lameDuck: Duration.seconds(5) } },
      /shutdown\.lameDuck must be left out: /,
    ],
    [
      'with a deadline that the plan does not keep',
      {
        task: { ...pod.task, duration: { mean: Duration.minutes(1), max: Duration.minutes(2) } },
        deadline: Duration.minutes(3),
      },
      /deadline must be 450 s or more, what a run takes as planned, got 180 s\. /,
    ],
  ])('%s', (_name, props, line) => {
    const lines = linesOf((chart) => jobIn(chart, props));
    expect(lines).toContainEqual(expect.stringMatching(line));
    for (const it of lines) expect(it).toMatch(/^darkroom\/backfill: /);
  });

  test('when the id is too long for the names of the pods', () => {
    const lines = linesOf((chart) => {
      jobIn(chart, {}, 'a'.repeat(49));
      new WorkerCronJob(chart, 'b'.repeat(47), { ...jobProps, schedule: '@daily' });
    });
    expect(lines).toEqual([
      expect.stringMatching(/^darkroom\/a+: id must be a name of at most 48 /),
      expect.stringMatching(/^darkroom\/b+: id must be a name of at most 46 /),
    ]);
  });

  test('when a run would not be done before the next one', () => {
    const task = { ...pod.task, duration: { mean: Duration.minutes(1), max: Duration.minutes(2) } };
    const lines = linesOf((chart) => {
      new WorkerCronJob(chart, 'sweep', { ...jobProps, task, schedule: '*/5 * * * *' });
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^darkroom\/sweep: schedule must leave 450 s between two runs, .*, got 300 s\. Let it run less often, or raise parallelism\./,
      ),
    ]);
  });

  test('when the schedule, the zone and the history are none', () => {
    const lines = linesOf((chart) => {
      const history = { succeeded: 0.5 };
      new WorkerCronJob(chart, 'sweep', { ...jobProps, schedule: '61 * * * *', timeZone: 'Mars', history });
    });
    expect(lines).toEqual([
      expect.stringMatching(/^darkroom\/sweep: schedule must be five fields/),
      expect.stringMatching(/^darkroom\/sweep: timeZone must be /),
      expect.stringMatching(/^darkroom\/sweep: history\.succeeded must be /),
    ]);
  });
});
