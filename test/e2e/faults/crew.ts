import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, EnvValue, PersistentVolumeAccessMode } from 'cdk8s-plus-27';
import { acknowledge, CapstanApp, Environment, GoApp, NatsCluster, VolumeClaim, Worker } from '../../../lib';
import type { GoAppRef } from '../../../lib/go-app';
import { imagesOf, type KubernetesObject, objectsIn } from '../../../tools/cluster/documents';
import { ROOT } from '../../../tools/cluster/state';

/** Where the crew works. */
export const NAMESPACE = 'e2e-faults';
/** The worker, and the label value of its pods. */
export const CREW = 'crew';
export const BROKER = 'broker';
export const STREAM = 'tasks';
/** Tasks that a pod works on at the same time. */
export const SLOTS = 4;
/** What the crew's image is called in manifests. */
export const IMAGE = 'localhost:5000/faults-crew:e2e';
/** The claim that effects are written to. */
export const EFFECTS = 'effects';

const DEV = `${ROOT}/dist/dev`;

/**
 * A crew of 2 to 4 pods on a broker of its own, as Capstan makes them; their program writes each effect to a volume.
 *
 * @param digest of the crew's image
 */
export function crewObjects(digest: string): KubernetesObject[] {
  const streams = imagesOf(objectsIn(DEV)).find((image) => image.includes('/capstan-streams:')) ?? '';
  const resolve = ({ repository }: GoAppRef) => ({
    reference: repository.endsWith('/capstan-streams') ? streams : `${IMAGE}@${digest}`,
  });
  const app = new CapstanApp({ images: { resolve } });
  const place = new Environment(app, 'e2e', { namespace: NAMESPACE, storageClass: 'local-path' });
  const chart = new Chart(place, 'faults', { namespace: NAMESPACE });
  const broker = new NatsCluster(chart, BROKER, {
    replicas: 1,
    storage: Size.gibibytes(1),
    resources: { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(128) },
  });
  const effects = new VolumeClaim(chart, EFFECTS, {
    size: Size.gibibytes(1),
    access: PersistentVolumeAccessMode.READ_WRITE_ONCE,
  });
  const crew = new Worker(chart, CREW, {
    app: GoApp.fromDirectory('apps/develop'),
    source: broker.stream(STREAM).consumer(CREW),
    task: {
      cpuTime: Duration.millis(2),
      duration: { mean: Duration.millis(100), max: Duration.seconds(5) },
      memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(1) },
    },
    concurrency: SLOTS,
    retry: { maxAttempts: 10 },
    volumes: [effects.mount('/effects')],
    env: { FAULTS_LOG: EnvValue.fromValue('/effects/'), FAULTS_MARKS: EnvValue.fromValue('/effects') },
    scale: { min: 2, max: 4, drainWithin: Duration.minutes(1) },
  });
  acknowledge(crew.deployment, 'volume-sharing', 'This cluster has one node.');
  return [...app.documents()] as unknown as KubernetesObject[];
}
