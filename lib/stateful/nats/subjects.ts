const ANY = '*';
const REST = '>';

const WORD = /^[^\s*>\p{Cc}]+$/u;

/**
 * Whether a text is a subject that a stream may take: words between dots, of which `*` stands for one, and `>` for one
 * or more at the end. The first one is no wildcard and does not begin with `$`, as those of the server itself do.
 */
export function isSubject(text: string): boolean {
  const [first = '', ...rest] = text.split('.');
  const last = rest.length - 1;
  return (
    WORD.test(first) &&
    !first.startsWith('$') &&
    rest.every((token, index) => token === ANY || (token === REST ? index === last : WORD.test(token)))
  );
}

/** Whether some message would be taken by both subjects. */
export function overlap(one: string, other: string): boolean {
  return tokensOverlap(one.split('.'), other.split('.'));
}

function tokensOverlap([a, ...as]: readonly string[], [b, ...bs]: readonly string[]): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a === REST || b === REST) return true;
  return (a === ANY || b === ANY || a === b) && tokensOverlap(as, bs);
}

/** Whether every message that the second subject takes is taken by the first one as well. */
export function covers(outer: string, inner: string): boolean {
  return tokensCover(outer.split('.'), inner.split('.'));
}

function tokensCover([a, ...as]: readonly string[], [b, ...bs]: readonly string[]): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a === REST) return true;
  return b !== REST && (a === ANY || a === b) && tokensCover(as, bs);
}
