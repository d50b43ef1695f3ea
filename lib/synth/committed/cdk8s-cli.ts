import { writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { RECEIPT_VARIABLE } from '../receipt';
import { hasWritten } from '../write-manifests';
import { restore } from './restore';

/** Whether this program is run by cdk8s-cli, which has emptied the folder: it always sets both variables. */
export function isRunByCdk8sCli(folder: string): boolean {
  const { CDK8S_OUTDIR: outdir, CDK8S_RECORD_CONSTRUCT_METADATA: records } = process.env;
  if (outdir === undefined || records === undefined || process.env[RECEIPT_VARIABLE] !== undefined)
    return false;
  return resolve(outdir) === resolve(folder);
}

const guarded = new Set<string>();

/** Puts back what cdk8s-cli has removed from a folder, should this program fail before it writes there. */
export function restoreAfterFailure(folder: string): void {
  const path = resolve(folder);
  if (guarded.has(path) || !isRunByCdk8sCli(folder)) return;
  guarded.add(path);
  process.on('exit', (code) => {
    if (code !== 0 && !hasWritten(path)) writeSync(process.stderr.fd, `${restore(folder)}\n`);
  });
}
