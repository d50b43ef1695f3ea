/**
 * Documents checked against the schemas of Kubernetes and of CRDs, and the facts of kinds that the schemas hold.
 *
 * @packageDocumentation
 */

export { CustomSchemas } from './custom-schemas';
export type { DocumentSchemas } from './document';
export { isNamespaced, listKeys } from './facts';
export {
  type DocumentProblem,
  type DocumentReport,
  formatDocumentProblem,
  type UncheckedDocument,
  validateDocuments,
} from './validate';
export type { FieldProblem, SchemaRule } from './walk';
