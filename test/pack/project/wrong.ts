import { CapstanApp, GoApp, Worker } from 'capstan';
import { planWorker } from 'capstan/plan';
import { Chart } from 'cdk8s';

// Types that are lost on the way would let these pass.
// @ts-expect-error a plan is made from a spec
planWorker('spec');
// @ts-expect-error a registry is a text
const app = new CapstanApp({ registry: 5 });
// @ts-expect-error task, source and scale are missing
new Worker(new Chart(app, 'studio'), 'resize', { app: GoApp.fromDirectory('apps/resize') });
