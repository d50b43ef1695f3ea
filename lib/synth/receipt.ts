import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** With this variable set to a path, `CapstanApp.synth` adds a {@link Receipt} there. */
export const RECEIPT_VARIABLE = 'CAPSTAN_RECEIPT';

/** What a synthesis tells who asked for it. */
export interface Receipt {
  /** Absolute path of the folder that it has written. */
  readonly folder: string;
  /** How many acknowledgements are not needed, those of changes left out. */
  readonly unusedAcknowledgements: number;
}

/** Tells who asked for it, see {@link RECEIPT_VARIABLE}, that the manifests of a folder are written. */
export function recordSynthesis(folder: string, unusedAcknowledgements = 0): void {
  const file = process.env[RECEIPT_VARIABLE];
  if (file === undefined || file === '') return;
  const receipt: Receipt = { folder: resolve(folder), unusedAcknowledgements };
  appendFileSync(file, `${JSON.stringify(receipt)}\n`);
}

/** What the apps of a program have told; nothing when it wrote no manifests. */
export function receiptsIn(file: string): Receipt[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Receipt);
}
