// `npm start [-- FOLDER]`: sets the checkout up, builds the images, writes dist/ and runs the worker over
// the photos in examples/photos or in FOLDER.
'use strict';
require('./setup.cjs').setUp();
const { spawn } = require('node:child_process');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const WORKER = 'develop';

// npm runs this in the root of the checkout, and says where it was called from.
const calledFrom = process.env.INIT_CWD || process.cwd();
const args = process.argv.slice(2);
if (args.length > 1 || (args.length === 1 && args[0].startsWith('-'))) {
  console.error('Usage: npm start [-- FOLDER]');
  process.exit(2);
}
const photos = args.length === 1 ? path.resolve(calledFrom, args[0]) : path.join('examples', 'photos');

const steps = [['image', 'build'], ['synth'], ['run', WORKER, '--input', photos]];

// A terminal sends Ctrl-C to the command as well, which drains; SIGTERM comes to this process alone.
process.on('SIGINT', () => undefined);

function capstan(step) {
  return new Promise((resolve) => {
    const command = [path.join('bin', 'capstan.cjs')].concat(step);
    const child = spawn(process.execPath, command, { cwd: ROOT, stdio: 'inherit' });
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
    const code = await capstan(step);
    if (code !== 0) return code;
  }
  return 0;
}

main().then((code) => {
  process.exitCode = code;
});
