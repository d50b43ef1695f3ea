import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, Probe } from 'cdk8s-plus-27';
import {
  CapstanApp,
  Environment,
  GoApp,
  NatsCluster,
  refine,
  refinementsOf,
  set,
  VolumeClaim,
  WebService,
  Worker,
} from '../../../lib';
import type { AutoscalingV2 } from '../../../lib/schema/zz_kubernetes.gen';
import { UPLOAD } from '../upload';

const hpa = refinementsOf<AutoscalingV2.HorizontalPodAutoscaler>();

/** Who scales `develop`. */
export type LoopScaler = 'hpa' | 'keda';

/** The namespace of the loop, which is its environment's name as well. */
export const LOOP = 'loop';
/** Most pods of `develop`. */
export const MOST_PODS = 4;
/** How long the count may be too high before pods go: short, so that a test sees them go. */
const WINDOW_SECONDS = 30;
/** How often a pod may go then. */
const PERIOD_SECONDS = 15;

/**
 * The part of Darkroom that scales: photos come in over HTTP, wait in JetStream and are developed. A pod of `develop` has a
 * tenth of a core, so that the time that a photo takes follows from the quota and hardly from what else the machine
 * does, and four of them fit beside all of dist/dev on two cores.
 */
export function loopApp(outdir: string, scaler: LoopScaler): CapstanApp {
  const app = new CapstanApp({ outdir });
  const environment = new Environment(app, LOOP, {
    storageClass: 'local-path',
    nodePools: [
      {
        name: 'node',
        labels: { 'kubernetes.io/os': 'linux' },
        allocatable: { cpu: Cpu.millis(1900), memory: Size.gibibytes(3) },
        nodes: { min: 1, max: 1 },
      },
    ],
    ...(scaler === 'keda' && {
      externalMetrics: 'keda' as const,
      prometheus: { address: 'http://prometheus.monitoring.svc.cluster.local:9090' },
    }),
  });
  new PhotoLoop(environment, 'photos', scaler);
  return app;
}

class PhotoLoop extends Chart {
  constructor(environment: Environment, id: string, scaler: LoopScaler) {
    super(environment, id, { namespace: environment.namespace });
    const photos = new VolumeClaim(this, 'photos', { size: Size.mebibytes(512) });
    const waiting = this.addBroker().stream('photos');
    new WebService(this, 'upload', {
      ...UPLOAD,
      concurrency: 4,
      scale: { min: 1, max: 1 },
      volumes: [photos.mount('/photos')],
      folders: { output: '/photos/in' },
      publish: waiting.publisher(),
    });
    const develop = new Worker(this, 'develop', {
      app: GoApp.fromDirectory('apps/develop', { handler: 'New' }),
      source: waiting.consumer('develop'),
      // The photo `autumn lake.jpg` with a tenth of a core.
      task: {
        cpuTime: Duration.millis(100),
        duration: { mean: Duration.seconds(1), max: Duration.seconds(20) },
        memory: { base: Size.mebibytes(32), perTask: Size.mebibytes(96) },
      },
      concurrency: 1,
      resources: { cpu: { request: Cpu.millis(100), limit: Cpu.millis(100) } },
      settings: { decodeMiB: '96' },
      volumes: [photos.mount('/photos')],
      folders: { input: '/photos/in', output: '/photos/out' },
      scale: {
        min: scaler === 'keda' ? 0 : 1,
        max: MOST_PODS,
        drainWithin: Duration.seconds(30),
        by: scaler,
      },
    });
    hurry(develop);
  }

  private addBroker(): NatsCluster {
    return new NatsCluster(this, 'broker', {
      replicas: 1,
      storage: Size.gibibytes(1),
      resources: { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(256) },
      // As in docs/nats.md. It says what waits when no pod of the worker is left.
      sidecars: [
        {
          name: 'exporter',
          image: 'natsio/prometheus-nats-exporter:0.17.3',
          args: ['-port=7777', '-jsz=all', '-varz', 'http://127.0.0.1:8222'],
          ports: [{ name: 'metrics', number: 7777, clients: false, open: true }],
          resources: { cpu: { request: Cpu.millis(10) }, memory: Size.mebibytes(32) },
          probes: { readiness: Probe.fromHttpGet('/metrics', { port: 7777 }) },
        },
      ],
    });
  }
}

/** Takes pods away as soon as a test can wait for it. */
function hurry({ autoscaler, scaledObject }: Worker): void {
  if (autoscaler !== undefined) {
    refine(
      autoscaler,
      hpa.set('/spec/behavior/scaleDown/stabilizationWindowSeconds', WINDOW_SECONDS),
      hpa.set('/spec/behavior/scaleDown/policies/0/periodSeconds', PERIOD_SECONDS),
    );
  }
  if (scaledObject !== undefined) {
    const down = '/spec/advanced/horizontalPodAutoscalerConfig/behavior/scaleDown';
    refine(
      scaledObject,
      set(`${down}/stabilizationWindowSeconds`, WINDOW_SECONDS),
      set(`${down}/policies/0/periodSeconds`, PERIOD_SECONDS),
      set('/spec/pollingInterval', 5),
      set('/spec/cooldownPeriod', WINDOW_SECONDS),
    );
  }
}
