import type { Chart } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { Settings } from '../../../lib';
import { exampleWorker } from '../../worker/example-worker';

/** Settings that a worker mounts and has in its environment. */
export function add(chart: Chart): void {
  const secret = Secret.fromSecretName(chart, 'Api', 'api');
  const settings = new Settings(chart, 'limits', {
    data: { 'limits.yaml': 'perHost: 8\n', LOG_LEVEL: 'info' },
    secrets: { TOKEN: { secret, key: 'token' } },
  });
  const volumes = [settings.mount('/etc/limits', { keys: ['limits.yaml'] })];
  exampleWorker(chart, { volumes, env: settings.env({ LOG: 'LOG_LEVEL', TOKEN: 'TOKEN' }) }, 'with-settings');
}
