import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Chart } from 'cdk8s';
import { Environment } from '../../lib';
import { problemLines } from '../problem-lines';
import { exampleApp, exampleWorker } from '../worker/example-worker';

test('docs/rules.md lists every rule that can be acknowledged', () => {
  const source = readFileSync('lib/acknowledge.ts', 'utf8');
  const rules = [...source.matchAll(/^ {2}\| '([a-z-]+)'/gm)].map(([, rule]) => rule);
  const rows = [...readFileSync('docs/rules.md', 'utf8').matchAll(/^\| `([a-z-]+)`/gm)].map(
    ([, rule]) => rule,
  );
  expect(rules).not.toHaveLength(0);
  expect(rows).toEqual(rules);
});

test('docs/environments.md shows what synth says of a quota that is too small', () => {
  const app = exampleApp();
  const environment = new Environment(app, 'production', { quota: { pods: 12 } });
  exampleWorker(new Chart(environment, 'studio', { namespace: environment.namespace }));
  const [line] = problemLines(app);
  expect(readFileSync('docs/environments.md', 'utf8').split('\n')).toContain(line);
});
