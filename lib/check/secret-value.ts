import { fieldsOf } from '../plan/fields';
import type { CheckedDocument, Rule } from './rule';

/** Manifests are committed and read by many; a secret in them is none any more. */
export const secretValue: Rule = {
  id: 'secret-value',
  find({ documents }) {
    return documents.flatMap((at) => {
      const keys = at.document.kind === 'Secret' ? keysOf(at) : [];
      if (keys.length === 0) return [];
      const problem = {
        prop: 'Secret',
        wanted: 'must not be written with its values, since manifests are committed and read by many',
        got: keys.join(', '),
        fix:
          "Let somebody else make it (kubectl, External Secrets, Sealed Secrets) and name it: Secret.fromSecretName(this, 'Id', 'NAME'). " +
          "If the values are no secrets, acknowledge(secret, 'secret-value', WHY).",
      };
      return { at, problem };
    });
  },
};

function keysOf({ document }: CheckedDocument): string[] {
  const all = { ...fieldsOf(document.data), ...fieldsOf(document.stringData) };
  return Object.entries(all)
    .filter(([, value]) => value !== '')
    .map(([key]) => key);
}
