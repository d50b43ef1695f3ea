// `npm start [-- FOLDER]`: sets the checkout up, builds the images, writes dist/ and runs the worker over
// the photos in examples/photos or in FOLDER. With --cluster it does so on a real cluster on this machine.
'use strict';
require('./setup.cjs').setUp();
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const WORKER = 'develop';

// npm runs this in the root of the checkout, and says where it was called from.
const calledFrom = process.env.INIT_CWD || process.cwd();
const args = process.argv.slice(2);
const onCluster = args.includes('--cluster');
const folders = args.filter((arg) => arg !== '--cluster');
if (folders.length > 1 || folders.some((arg) => arg.startsWith('-'))) {
  console.error('Usage: npm start [-- [--cluster] [FOLDER]]');
  process.exit(2);
}
const photos = folders.length === 1 ? path.resolve(calledFrom, folders[0]) : path.join('examples', 'photos');

const found = fs.statSync(path.resolve(ROOT, photos), { throwIfNoEntry: false });
if (found === undefined || !found.isDirectory()) {
  console.error(`npm start must be given a folder of photos, got ${photos}. Name one that exists.`);
  process.exit(2);
}

const COMMAND = path.join('bin', 'capstan.cjs');
const steps = [
  [COMMAND, 'image', 'build'],
  [COMMAND, 'synth'],
  onCluster
    ? ['--import', 'tsx', path.join('tools', 'cluster', 'start.ts'), photos]
    : [COMMAND, 'run', WORKER, '--input', photos],
];

// A terminal sends Ctrl-C to the command as well, which drains; SIGTERM comes to this process alone.
process.on('SIGINT', () => undefined);

function run(step) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, step, { cwd: ROOT, stdio: 'inherit' });
    const passOn = () => child.kill('SIGTERM');
    process.on('SIGTERM', passOn);
    child.on('close', (code) => {
      process.off('SIGTERM', passOn);
      resolve(code === null ? 1 : code);
    });
  });
}

async function main() {
  for (const step of steps) {
    const code = await run(step);
    if (code !== 0) return code;
  }
  return 0;
}

main().then((code) => {
  process.exitCode = code;
});
