// `npm test`: everything that needs neither root nor a cluster. One line a suite; of a failing suite all its output.
'use strict';
require('./setup.cjs').setUp();
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.join(__dirname, '..');
const STATICCHECK = 'honnef.co/go/tools/cmd/staticcheck@v0.8.2';
const SUITE_MINUTES = 45;
const foldersOf = (parent) => fs.readdirSync(path.join(ROOT, parent)).map((name) => `${parent}/${name}`);
const WORKER_MODULES = ['go', ...foldersOf('go/apps'), ...foldersOf('apps'), 'examples/goroutines/app'];
// Tools that compress whole images and draw whole photos, which takes ten times as long under the race detector.
const TOOL_MODULES = ['go/image', 'tools/photos', 'tools/yaml-reader'];
// It compiles all of client-go, which takes minutes under the race detector.
const CLIENT_MODULES = ['examples/in-cluster/app'];
// Its tests run apart, as they take minutes.
const FAULT_SUITE = 'test/faults';
// Packages of WORKER_MODULES with tests that the race detector leaves out: it allocates, and is slow with whole photos.
const WITHOUT_RACE = { go: './pool', 'apps/develop': '.' };
// They time things, which the race detector makes pointless.
const BENCH_MODULES = ['bench/pool', 'bench/worker'];
const GO_MODULES = WORKER_MODULES.concat(TOOL_MODULES, CLIENT_MODULES, BENCH_MODULES, FAULT_SUITE);

function node(script, ...args) {
  return { command: process.execPath, args: [path.join(ROOT, script), ...args] };
}

function tool(name, ...args) {
  return node(path.join('node_modules', name), ...args);
}

function go(folders, ...args) {
  return folders.map((folder) => ({ command: 'go', args, folder }));
}

// The race detector is written in C.
function hasCompiler() {
  const compiler = spawnSync('go', ['env', 'CC'], { encoding: 'utf8' }).stdout.trim();
  return spawnSync(compiler, ['--version']).status === 0;
}

function suites(isRacing) {
  return [
    { name: 'biome', runs: [tool('@biomejs/biome/bin/biome', 'check', '.')] },
    { name: 'tsc', runs: [tool('typescript/bin/tsc', '-p', '.')] },
    { name: 'knip', runs: [tool('knip/bin/knip.js')] },
    { name: 'jest', runs: [tool('jest/bin/jest.js', '--silent')] },
    { name: 'go vet', runs: go(GO_MODULES, 'vet', './...') },
    { name: 'staticcheck', runs: go(GO_MODULES, 'run', STATICCHECK, './...') },
    {
      name: isRacing ? 'go test -race: runtime, apps' : 'go test: runtime, apps',
      runs: go(WORKER_MODULES, 'test', ...(isRacing ? ['-race'] : []), './...'),
      env: isRacing ? { CGO_ENABLED: '1' } : {},
    },
    {
      name: 'go test: image builder, tools, client-go, benchmarks',
      runs: go([...TOOL_MODULES, ...CLIENT_MODULES, ...BENCH_MODULES], 'test', './...'),
    },
    {
      name: 'go test: what the race detector leaves out',
      runs: Object.entries(WITHOUT_RACE).flatMap(([folder, name]) => go([folder], 'test', name)),
    },
    {
      name: 'public API is documented, docs/api/ is fresh',
      runs: [node('tools/api-report.cjs', '--check')],
    },
    { name: 'generated code is fresh', runs: [node('tools/generate.cjs', '--check')] },
    { name: 'images.lock.json is fresh', runs: [node('bin/capstan.cjs', 'image', 'build', '--check')] },
    { name: 'dist/ is fresh', runs: [node('bin/capstan.cjs', 'synth', '--check')] },
  ];
}

// The output of the first run that fails, or undefined.
function failureOf({ runs, env }) {
  for (const { command, args, folder = '.' } of runs) {
    const ended = spawnSync(command, args, {
      cwd: path.join(ROOT, folder),
      encoding: 'utf8',
      env: { ...process.env, ...env },
      maxBuffer: 2 ** 28,
      timeout: SUITE_MINUTES * 60_000,
    });
    if (ended.status === 0) continue;
    const how = ended.error ? ended.error.message : `exit code ${ended.status}`;
    return `${folder}: ${command} ${args.join(' ')} (${how})\n${ended.stdout}${ended.stderr}`;
  }
  return undefined;
}

function main() {
  const isRacing = hasCompiler();
  if (!isRacing) console.log('no C compiler at hand: the Go tests run without the race detector');
  let passed = 0;
  let failed = 0;
  for (const suite of suites(isRacing)) {
    const start = Date.now();
    const failure = failureOf(suite);
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    console.log(`${failure === undefined ? 'ok    ' : 'FAILED'}  ${suite.name} (${seconds} s)`);
    if (failure === undefined) passed++;
    else {
      failed++;
      console.log(failure);
    }
  }
  console.log(`${passed} passed, ${failed} failed, ${isRacing ? 0 : 1} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}

main();
