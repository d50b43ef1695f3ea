import { CapstanApp, GoApp, Source, Worker } from 'capstan';
import { Chart, Duration, Size } from 'cdk8s';

const app = new CapstanApp();
new Worker(new Chart(app, 'studio', { namespace: 'studio' }), 'resize', {
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
app.synth();
