import type { Problem } from '../plan/problem';
import { valueText } from '../workload/value-text';

/** Names of streams and consumers of JetStream (contract/worker.schema.json). */
export const NATS_NAME = /^[-_A-Za-z0-9]{1,255}$/;

/** {@link NATS_NAME} in words. */
export const NATS_NAME_FORM = 'must be a name of at most 255 letters, digits, dashes and underscores';

/** Addresses of NATS servers in words. */
export const NATS_FORM = 'must be host:port, or a URL nats:// or tls:// without a user';

/** Addresses of other servers in words. */
export const HOST_FORM = 'must be host:port';

/** Names of topics (Kafka, `Topic.validate`). */
export const TOPIC_NAME = /^(?!\.{1,2}$)[-._A-Za-z0-9]{1,249}$/;

/** {@link TOPIC_NAME} in words. */
export const TOPIC_FORM =
  'must be a name of at most 249 letters, digits, dots, dashes and underscores, and not . or ..';

type Parse = (text: string) => unknown;

/** What is wrong with where servers listen. */
export function checkAddresses(
  prop: string,
  texts: readonly string[],
  parse: Parse,
  wanted: string,
): Problem[] {
  if (texts.length === 0) {
    return [
      { prop, wanted: 'must be one address or more', got: 'none', fix: 'Name where the servers listen.' },
    ];
  }
  return texts.flatMap((text, index) => checkAddress(`${prop}[${index}]`, text, parse, wanted));
}

/** What is wrong with where a server listens. */
export function checkAddress(prop: string, text: string, parse: Parse, wanted: string): Problem[] {
  if (parse(text) !== undefined) return [];
  return [
    { prop, wanted, got: valueText(text), fix: 'Write it so; credentials have a property of their own.' },
  ];
}

/** What is wrong with a name at a broker. */
export function checkName(prop: string, name: string, form: RegExp, wanted: string): Problem[] {
  return form.test(name) ? [] : [{ prop, wanted, got: valueText(name), fix: 'Correct it.' }];
}

/** Tokens between dots; `*` for one and `>` for the rest where wildcards are allowed. */
export function checkSubject(prop: string, subject: string, wildcards: boolean): Problem[] {
  const tokens = subject.split('.');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NATS refuses them
  const isToken = (token: string) => token !== '' && !/[\s\u0000-\u001f\u007f]/.test(token);
  const isPlain = (token: string) => !/[*>]/.test(token);
  const legal =
    tokens.every(isToken) && (wildcards ? !tokens.slice(0, -1).includes('>') : tokens.every(isPlain));
  if (legal) return [];
  return [
    {
      prop,
      wanted: wildcards ? 'must be a NATS subject' : 'must be a NATS subject without wildcards',
      got: valueText(subject),
      fix: 'Use tokens without blanks, with a dot between two.',
    },
  ];
}
