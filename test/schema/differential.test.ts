import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv, { type ErrorObject, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import type { JsonObject } from '../../lib/json-value';
import { DocumentValidator } from '../../lib/schema/document';
import type { FieldProblem } from '../../lib/schema/walk';
import { kubernetesCorpus, resourceCorpus } from './corpus';
import { mutate } from './mutate';

const { kubernetesSchemas, resourceSchemas } = require('../../tools/manifests/programs.cjs');

const RUNS = 1000;

/** Kinds whose schemas ajv takes many seconds to compile: they hold whole pods, which other kinds show as well. */
const LARGE = ['ApplicationSet', 'Rollout', 'ScaledJob'];

// ajv compiles fifty schemas.

/** What kubeconform reads, made from the OpenAPI document of a release or from CRDs, and documents of those kinds. */
interface Subject {
  readonly documents: readonly JsonObject[];
  readonly minor: string;
  /** Whether the schemas are of CRDs: those say nothing of metadata, and here nothing of defaults. */
  readonly isOfCrds: boolean;
  readonly fileOf: (group: string, version: string, kind: string) => string;
}

function kubernetes(release: string, minor: string): Subject {
  const { folder } = kubernetesSchemas(release) as { folder: string };
  const fileOf = (group: string, version: string, kind: string) =>
    join(
      folder,
      `${[kind, ...(group === '' ? [] : [group.split('.')[0]]), version].join('-').toLowerCase()}.json`,
    );
  return { documents: kubernetesCorpus, minor, isOfCrds: false, fileOf };
}

function resources(): Subject {
  const folder = resourceSchemas() as string;
  const fileOf = (group: string, version: string, kind: string) =>
    join(folder, group, `${kind.toLowerCase()}_${version}.json`);
  const documents = resourceCorpus.filter(({ kind }) => !LARGE.includes(String(kind)));
  return { documents, minor: '1.37', isOfCrds: true, fileOf };
}

/** A schema without patterns in a syntax of Go alone. */
function readSchema(file: string): object {
  const isForeign = (key: string, value: unknown) => key === 'pattern' && String(value).includes('(?');
  return JSON.parse(readFileSync(file, 'utf8'), (key, value) => (isForeign(key, value) ? undefined : value));
}

/** A check by ajv of the documents of a kind, made when it is first needed. */
function ajvFor({ fileOf }: Subject): (document: JsonObject) => ErrorObject | undefined {
  const ajv = new Ajv({ strict: false, validateFormats: false, inlineRefs: false });
  const checks = new Map<string, ValidateFunction>();
  return (document) => {
    const [version = '', group = ''] = String(document.apiVersion).split('/').reverse();
    const file = fileOf(group, version, String(document.kind));
    const check = checks.get(file) ?? ajv.compile(readSchema(file));
    checks.set(file, check);
    return check(document) === true ? undefined : check.errors?.[0];
  };
}

/** Forms that JSON Schema leaves to formats, and ajv here unchecked. */
const FORMS = /quantity|time|base64|bits|number or a string/;

/** Problems that JSON Schema has to find as well: others are of versions, rules, lists with keys and formats. */
function isStructural({ pointer, rule, wanted }: FieldProblem, { isOfCrds }: Subject): boolean {
  if (isOfCrds && pointer.startsWith('/metadata')) return false;
  return rule === 'field' || (rule === 'type' && !FORMS.test(wanted));
}

describe('agrees with JSON Schemas', () => {
  test.each([
    ['of Kubernetes 1.32', () => kubernetes('oldest', '1.32')],
    ['of Kubernetes 1.37', () => kubernetes('newest', '1.37')],
    ['of CRDs', resources],
  ])('%s, in documents that were changed at random', (_, make) => {
    const subject = make();
    const { documents, minor } = subject;
    const firstError = ajvFor(subject);
    const validator = new DocumentValidator({ kubernetes: { oldest: minor, newest: minor } });
    for (const document of documents)
      expect([document.kind, firstError(document)]).toEqual([document.kind, undefined]);
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...documents), changes, (document, steps) => {
        const changed = steps.reduce((before, [place, kind]) => mutate(before, place, kind), document);
        const { problems } = validator.check(changed);
        const error = firstError(changed);
        // An API server takes a field that is null for absent, and fills in defaults of CRDs first.
        const isDefault = subject.isOfCrds && ['required', 'oneOf'].includes(error?.keyword ?? '');
        const isComparable = !JSON.stringify(changed).includes('null') && !isDefault;
        if (isComparable && error !== undefined) expect(problems).not.toEqual([]);
        const structural = problems.filter((problem) => isStructural(problem, subject));
        if (structural.length > 0) expect([structural, error]).toEqual([structural, expect.anything()]);
      }),
      { numRuns: RUNS },
    );
  });
});
