import type { Walk } from '../walk';
import { checkForm, FORMS } from './forms';
import { addRelation, type Fields, objectAt, type TypeRule } from './rule';

/** An API server takes no more in all values of a ConfigMap or Secret together. */
const DATA_BYTES = 2 ** 20;

/** A ConfigMap. */
export const configMap: TypeRule = (fields, walk) => {
  const { data, binaryData } = { data: objectAt(fields, 'data'), binaryData: objectAt(fields, 'binaryData') };
  checkKeys(walk, data, 'data');
  checkKeys(walk, binaryData, 'binaryData');
  for (const key of Object.keys(binaryData).filter((it) => Object.hasOwn(data, it))) {
    addRelation(
      walk,
      'must not be in data as well',
      JSON.stringify(key),
      'Take one of them out.',
      'binaryData',
      key,
    );
  }
  checkSize(walk, textBytes(data) + encodedBytes(binaryData));
};

/** A Secret. */
export const secret: TypeRule = (fields, walk) => {
  const { data, stringData } = { data: objectAt(fields, 'data'), stringData: objectAt(fields, 'stringData') };
  checkKeys(walk, data, 'data');
  checkKeys(walk, stringData, 'stringData');
  // A value in stringData stands for one in data.
  const others = Object.entries(data).filter(([key]) => !Object.hasOwn(stringData, key));
  checkSize(walk, textBytes(stringData) + encodedBytes(Object.fromEntries(others)));
};

function checkKeys(walk: Walk, values: Fields, part: string): void {
  for (const key of Object.keys(values)) checkForm(walk, key, FORMS.configKey, part, key);
}

function checkSize(walk: Walk, bytes: number): void {
  if (bytes <= DATA_BYTES) return;
  walk.add('value', { wanted: 'must hold at most 1 MiB', got: `${bytes} bytes`, fix: 'Take something out.' });
}

function textBytes(values: Fields): number {
  return Object.values(values).reduce<number>((sum, value) => sum + Buffer.byteLength(String(value)), 0);
}

function encodedBytes(values: Fields): number {
  return Object.values(values).reduce<number>(
    (sum, value) => sum + Buffer.byteLength(String(value), 'base64'),
    0,
  );
}
