/** Characters that kubectl's reader of YAML refuses as they are, or takes for the end of a line. */
const NO_PLAIN_CHARACTER = /[^\P{Cc}\t\n]|[\u2028\u2029\ufeff\ufffe\uffff]/u;
const ALL_OF_THEM = new RegExp(NO_PLAIN_CHARACTER, 'gu');

/** What kubectl's reader takes for a number without quotes, underscores behind its beginning left out. */
const WHOLE_NUMBER = /^[-+]?(?:0[bB][01]+|0[oO]?[0-7]+|0[xX][0-9a-fA-F]+|[0-9]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** A text over several lines whose first one begins with a tab: the reader asks for spaces. */
const TAB_FIRST = /^[|>][-+]?\n(?: *\n)* *\t/;

/** A field that puts those of its value beside itself. */
const MERGE = '<<';

/** Whether what cdk8s writes for a text, as a value or as a key, is something else to kubectl. */
export function isReadOtherwise(written: string): boolean {
  return (
    NO_PLAIN_CHARACTER.test(written) || isNumber(written) || TAB_FIRST.test(written) || written === MERGE
  );
}

/** A text in quotes on one line, with nothing in it but what every reader takes. */
export function quoted(text: string): string {
  return JSON.stringify(text).replace(ALL_OF_THEM, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return `\\u${code}`;
  });
}

function isNumber(written: string): boolean {
  if (!/^[-+.0-9]/.test(written)) return false;
  const digits = written.replaceAll('_', '');
  return WHOLE_NUMBER.test(digits) || FLOAT.test(digits);
}
