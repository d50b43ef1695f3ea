import { NatsCluster } from 'capstan';
import { type App, Chart, Size } from 'cdk8s';

/** Adds servers whose streams are made by a program that the package brings along. */
export function addBroker(app: App): void {
  const chart = new Chart(app, 'broker', { namespace: 'studio' });
  new NatsCluster(chart, 'broker', { replicas: 1, storage: Size.gibibytes(1) }).stream('photos');
}
