import { expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { BasicAuthSecret, EnvValue, Secret, ServiceAccount, ServiceAccountTokenSecret } from 'cdk8s-plus-27';
import { acknowledge } from '../../lib';
import { problemLines } from '../problem-lines';
import { exampleApp, exampleWorker } from '../worker/example-worker';

function linesOf(build: (chart: Chart) => void): string[] {
  const app = exampleApp();
  build(new Chart(app, 'studio', { namespace: 'studio' }));
  return problemLines(app);
}

test('fails for Secrets that are written with their values', () => {
  const lines = linesOf((chart) => {
    new Secret(chart, 'Api', { stringData: { token: 'hunter2' } });
    new BasicAuthSecret(chart, 'Login', { username: 'admin', password: 'hunter2' });
  });
  expect(lines).toEqual([
    expect.stringMatching(/^studio\/Api: Secret must not be written with its values, .*, got token\. /),
    expect.stringMatching(/^studio\/Login: Secret must not .*, got password, username\. .*fromSecretName/),
  ]);
  expect(lines.join()).not.toContain('hunter2');
});

test('values that are no secrets may be written when the program says why', () => {
  const lines = linesOf((chart) => {
    const secret = new Secret(chart, 'Api', { stringData: { token: 'public' } });
    acknowledge(secret, 'secret-value', 'The demo token that everybody knows.');
  });
  expect(lines).toEqual([]);
});

test('references, and Secrets that the cluster fills, are no problem', () => {
  const lines = linesOf((chart) => {
    const secret = Secret.fromSecretName(chart, 'Api', 'api');
    exampleWorker(chart, { env: { TOKEN: EnvValue.fromSecretValue({ secret, key: 'token' }) } });
    const serviceAccount = new ServiceAccount(chart, 'Account') as never;
    new ServiceAccountTokenSecret(chart, 'Token', { serviceAccount });
  });
  expect(lines).toEqual([]);
});
