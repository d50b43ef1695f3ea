import type { JsonObject } from '../json-value';
import { type DocumentSchemas, DocumentValidator } from './document';
import { type FieldProblem, isObject } from './walk';

/** One thing that is wrong with one of several documents. */
export interface DocumentProblem extends FieldProblem {
  /** Place of the document among the others, from 0. */
  readonly index: number;
  /** The object: `Deployment develop`. */
  readonly object: string;
}

/** A document whose kind has no schema here, so that nothing of it was checked. */
export interface UncheckedDocument {
  /** Place of the document among the others, from 0. */
  readonly index: number;
  /** Its `apiVersion`. */
  readonly apiVersion: string;
  /** Its `kind`. */
  readonly kind: string;
  /** Its `metadata.name`; empty when it has none. */
  readonly name: string;
}

/** What {@link validateDocuments} found. */
export interface DocumentReport {
  /** Everything that is wrong, in the order of the documents. */
  readonly problems: readonly DocumentProblem[];
  /** Documents that nothing is known of. */
  readonly unchecked: readonly UncheckedDocument[];
}

/**
 * Checks documents, from whatever tool, against the schemas of their kinds in several versions of Kubernetes at once.
 * A `List` is checked item by item. Problems do not throw: they are listed.
 *
 * ```ts
 * const documents = [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'studio' }, data: { width: '640' } }];
 * const { problems } = validateDocuments(documents, { kubernetes: { oldest: '1.33' } });
 * for (const problem of problems) console.error(formatDocumentProblem(problem));
 * ```
 *
 * @throws Error when a schema itself is broken
 */
export function validateDocuments(
  documents: readonly JsonObject[],
  schemas: DocumentSchemas = {},
): DocumentReport {
  const validator = new DocumentValidator(schemas);
  const problems: DocumentProblem[] = [];
  const unchecked: UncheckedDocument[] = [];
  for (const [index, document] of documents.entries()) {
    const { problems: found, isKnown } = validator.check(document);
    const object = objectOf(document);
    for (const problem of found) problems.push({ index, object, ...problem });
    if (!isKnown) {
      const { apiVersion, kind } = document;
      unchecked.push({ index, apiVersion: String(apiVersion), kind: String(kind), name: nameOf(document) });
    }
  }
  return { problems, unchecked };
}

/** A problem as one line: `Deployment develop /spec/replicas must be a whole number of 32 bits, got "3". …` */
export function formatDocumentProblem(problem: DocumentProblem): string {
  return `${problem.object} ${formatFieldProblem(problem)}`;
}

/** A problem as one line, without the object. */
export function formatFieldProblem({ pointer, wanted, got, fix }: FieldProblem): string {
  return `${pointer === '' ? '' : `${pointer} `}${wanted}, got ${got}. ${fix}`;
}

function objectOf(document: JsonObject): string {
  return `${String(document.kind ?? 'Document')} ${nameOf(document)}`.trimEnd();
}

function nameOf({ metadata }: JsonObject): string {
  return isObject(metadata) && typeof metadata.name === 'string' ? metadata.name : '';
}
