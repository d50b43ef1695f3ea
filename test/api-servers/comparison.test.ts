import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lib/json-value';
import { changesOf, differentOf } from './changes';
import { type Compared, compare } from './comparison';

const job: JsonObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'it' } };

function compared(message: string, problems: readonly string[], minor = '1.37'): Compared {
  return { minor, document: job, verdict: { isTaken: message === '', message }, problems };
}

const invalid = (causes: string) => `Job.batch "it" is invalid: ${causes}`;

describe('what API servers and the schema walk say', () => {
  test('agrees', () => {
    expect(
      compare([compared('', []), compared(invalid('spec: Required value'), ['/spec must be set.'])]),
    ).toEqual({
      refusedByBoth: 1,
      takenByBoth: 1,
      listed: new Map(),
      unlisted: [],
    });
  });

  test('may differ where a list says why, if it says so of every cause', () => {
    const failure = 'spec.podFailurePolicy.rules[0].action: Required value: valid values: ["Count"]';
    const other = 'spec.parallelism: Invalid value: -1: must be greater than or equal to 0';
    expect([...compare([compared(invalid(failure), [])]).listed]).toEqual([
      ['what a Job says about failed pods', 1],
    ]);
    expect(compare([compared(invalid(`[${failure}, ${other}]`), [])]).unlisted).toHaveLength(1);
  });

  test('may differ in what follows only with what it follows from', () => {
    const follows = 'spec.template.spec.containers[0].volumeMounts[2].name: Not found: "a"';
    const cause = 'spec.template.spec.volumes[2].secret.items[0].path: Required value';
    expect(compare([compared(invalid(`[${cause}, ${follows}]`), [])]).unlisted).toEqual([]);
    expect(compare([compared(invalid(follows), [])]).unlisted).toHaveLength(1);
  });

  test('fails for anything else', () => {
    for (const causes of [
      'spec.template.spec.containers[0].image: Required value',
      'spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"',
    ]) {
      expect(compare([compared(invalid(causes), [])]).unlisted).toEqual([
        expect.stringContaining(`Kubernetes 1.37 refuses what the schema walk takes: ${invalid(causes)}`),
      ]);
    }
    expect(compare([compared('some other words', [])]).unlisted).toHaveLength(1);
    expect(compare([compared('', ['/spec/parallelism must be 0 or more, got 3.'])]).unlisted).toEqual([
      expect.stringContaining('takes what the schema walk refuses: /spec/parallelism'),
    ]);
  });

  test('may differ in a release only', () => {
    const problems = ['/spec/template/spec/containers must be set, got nothing. Add it.'];
    const document = { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'it' } };
    const of = (minor: string) => compare([{ ...compared('', problems, minor), document }]).unlisted;
    expect(of('1.32')).toEqual([]);
    expect(of('1.37')).toHaveLength(1);
  });
});

describe('changes', () => {
  test('are the same for a seed, and each changes its document', () => {
    const documents = [job, { ...job, spec: { parallelism: 3 } }];
    const changes = changesOf(documents, 40, 7);
    expect(changes).toEqual(changesOf(documents, 40, 7));
    expect(changes).not.toEqual(changesOf(documents, 40, 8));
    expect(
      changes.filter((changed) => documents.some((it) => JSON.stringify(it) === JSON.stringify(changed))),
    ).toEqual([]);
  });

  test('are of documents that each have something of their own', () => {
    const more = { ...job, spec: { parallelism: 3, completions: 3 } };
    expect(differentOf([job, { ...job, spec: { parallelism: 3 } }, more, { ...more }])).toEqual([more]);
  });
});
