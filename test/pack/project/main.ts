import { CapstanApp, GoApp, NatsCluster, Source, Worker } from 'capstan';
import { Chart, Duration, Size } from 'cdk8s';

const app = new CapstanApp();
const studio = new Chart(app, 'studio', { namespace: 'studio' });
new Worker(studio, 'resize', {
  app: GoApp.fromDirectory('apps/resize'),
  source: Source.memory(),
  task: {
    cpuTime: Duration.millis(40),
    duration: { mean: Duration.millis(90), max: Duration.seconds(20) },
    memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(60) },
  },
  concurrency: 4,
  scale: { min: 3, max: 10, drainWithin: Duration.minutes(1) },
});
// Its streams are made by a program that the package brings along.
new NatsCluster(studio, 'broker', { replicas: 1, storage: Size.gibibytes(1) }).stream('photos');
app.synth();
