import { describe, expect, test } from '@jest/globals';
import { parseBytes, parseCores, parseCount } from '../../lib/cli/quantities';

describe('quantities of the command line', () => {
  test.each([
    ['96Mi', 96 * 2 ** 20],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['100M', 1e8],
    ['1048576', 2 ** 20],
  ])('%s is %d bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  test.each([
    ['0.5', 0.5],
    ['500m', 0.5],
    ['2', 2],
  ])('%s is %d cores', (text, cores) => expect(parseCores(text)).toBe(cores));

  test.each(['', '-1', '0', '1.5', 'x', '1e400'])('fails for a count of %j', (text) =>
    expect(() => parseCount(text)).toThrow(/whole number of 1 or more/),
  );

  test.each(['', '0', '-5Mi', '90', '512Ki', '96 Mi', '96mi', 'Mi', '96MiB'])('fails for %j bytes', (text) =>
    expect(() => parseBytes(text)).toThrow(/such as 96Mi/),
  );

  test.each(['', '0', '0m', '-1', '1k', 'none'])('fails for %j cores', (text) =>
    expect(() => parseCores(text)).toThrow(/such as 0\.5 or 500m/),
  );
});
