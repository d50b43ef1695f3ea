import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { CommandError, messageOf } from '../command-error';
import type { PriceList } from '../plan';
import { fieldsOf } from '../plan/fields';

/**
 * Reads a list of prices, in YAML or JSON.
 *
 * ```yaml
 * currency: EUR
 * per: hour
 * prices:
 *   m7g.large: 0.1
 * ```
 *
 * @throws CommandError when there is no such file, or when it is none
 */
export function readPrices(folder: string, file: string): PriceList {
  const content = fieldsOf(parseFile(resolve(folder, file), file));
  if (content === undefined)
    throw wrong(file, 'content', 'an object with currency, per and prices', 'something else');
  const { currency, per, prices } = content;
  if (typeof currency !== 'string' || currency === '') {
    throw wrong(file, 'currency', 'a text such as EUR', JSON.stringify(currency));
  }
  if (per !== 'hour' && per !== 'month') throw wrong(file, 'per', "'hour' or 'month'", JSON.stringify(per));
  const list = fieldsOf(prices);
  if (list === undefined) throw wrong(file, 'prices', 'an object of prices', JSON.stringify(prices));
  return { currency, per, prices: Object.fromEntries(Object.entries(list).map((it) => priceOf(file, it))) };
}

function priceOf(file: string, [name, price]: readonly [string, unknown]): [string, number] {
  if (typeof price === 'number' && Number.isFinite(price) && price >= 0) return [name, price];
  throw wrong(file, `prices.${name}`, 'a number of 0 or more', String(JSON.stringify(price)));
}

function parseFile(path: string, file: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError(
      `--prices must be a YAML or JSON file, got ${file}: ${messageOf(error).split('\n')[0]}`,
    );
  }
}

function wrong(file: string, prop: string, wanted: string, got = 'nothing'): CommandError {
  return new CommandError(`${file}: ${prop} must be ${wanted}, got ${got}. Correct the list of prices.`);
}
