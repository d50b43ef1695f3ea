// Writes what is generated in this repository: the contract's types in both languages, the tables of schemas (when
// their sources changed), the shapes of props, the generated part of the example apps and the manifests for Argo CD.
// With --check it writes nothing and fails when something is stale, naming the files.
'use strict';
require('./setup.cjs').setUp();
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { compile } = require('json-schema-to-typescript');

const ROOT = path.join(__dirname, '..');
const CONTRACTS = ['worker', 'live', 'service', 'streams', 'report'];
const CONTRACT_FOLDER = path.join(ROOT, 'contract');
const GO_JSONSCHEMA = 'github.com/atombender/go-jsonschema@v0.20.0';
const GO_MINUTES = 5;
/** The program that says how Argo CD delivers Darkroom. */
const DELIVERY = path.join(ROOT, 'deploy/argocd');

async function typescriptTypes(name, schema) {
  return compile(JSON.parse(schema), name, {
    additionalProperties: false,
    // What schemas refer to in each other lies here.
    cwd: CONTRACT_FOLDER,
    // A tuple with a rest would not take a list.
    ignoreMinAndMaxItems: true,
    bannerComment: `/* Generated from contract/${name}.schema.json by \`npm run generate\`. DO NOT EDIT. */`,
    style: { singleQuote: true, printWidth: 110 },
  });
}

/** Types of all schemas at once, so that a definition that several refer to becomes one type. */
function goTypes() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'capstan-generate-'));
  const file = (name) => path.join(folder, `${name}.go`);
  try {
    const outputs = CONTRACTS.map(
      (name) => `--schema-output=capstan:///contract/${name}.schema.json=${file(name)}`,
    );
    const options = ['-p', 'contract', '--only-models', '-t', '--tags', 'json', ...outputs];
    const schemas = CONTRACTS.map((name) => `contract/${name}.schema.json`);
    run('go', ['run', GO_JSONSCHEMA, ...options, ...schemas], { GOFLAGS: '-mod=mod' });
    return new Map(CONTRACTS.map((name) => [name, fs.readFileSync(file(name), 'utf8')]));
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function run(command, args, env) {
  const ended = spawnSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    timeout: GO_MINUTES * 60_000,
  });
  if (ended.status === 0) return;
  console.error(`${command} ${args.join(' ')} failed:\n${ended.error?.message ?? ended.stderr}`);
  process.exit(1);
}

async function generatedFiles() {
  const files = new Map();
  const types = goTypes();
  for (const name of CONTRACTS) {
    const schema = fs.readFileSync(path.join(ROOT, `contract/${name}.schema.json`), 'utf8');
    files.set(`lib/contract/zz_${name}.gen.ts`, await typescriptTypes(name, schema));
    files.set(`go/contract/zz_${name}.gen.go`, types.get(name));
    // Go embeds only what lies in the package's own folder.
    files.set(`go/contract/zz_${name}.schema.json`, schema);
  }
  files.set('lib/contract/zz_queues.gen.ts', queueTable());
  return files;
}

/** What each kind of queue that the Go runtime has can do; a Go test holds the table to the drivers. */
function queueTable() {
  const queues = JSON.parse(fs.readFileSync(path.join(CONTRACT_FOLDER, 'queues.json'), 'utf8'));
  return `/* Generated from contract/queues.json by \`npm run generate\`. DO NOT EDIT. */
export const QUEUES = ${JSON.stringify(queues, null, 2).replaceAll('"', '')} as const;
`;
}

function isStale([file, text]) {
  const target = path.join(ROOT, file);
  return !fs.existsSync(target) || fs.readFileSync(target, 'utf8') !== text;
}

/** Exit code of a Node program; relative paths are of the folder that it runs in. */
function node(args, cwd = ROOT) {
  return spawnSync(process.execPath, args, { cwd, stdio: 'inherit' }).status ?? 1;
}

async function main(isCheck) {
  const stale = [...(await generatedFiles())].filter(isStale);
  if (!isCheck) {
    for (const [file, text] of stale) fs.writeFileSync(path.join(ROOT, file), text);
  }
  for (const [file] of stale) console.error(`${file} ${isCheck ? 'is stale' : 'written'}`);
  const flags = isCheck ? ['--check'] : [];
  const typescript = (file) => node(['node_modules/tsx/dist/cli.mjs', file, ...flags]);
  const schemas = typescript('tools/schema/main.ts');
  const shapes = typescript('tools/shapes/main.ts');
  const apps = node(['bin/capstan.cjs', 'generate', ...flags]);
  const delivery = node([path.join(ROOT, 'bin/capstan.cjs'), 'synth', ...flags], DELIVERY);
  if (isCheck && stale.length > 0) console.error('Run `npm run generate` and commit the files.');
  process.exitCode = isCheck && stale.length > 0 ? 1 : schemas || shapes || apps || delivery;
}

main(process.argv.includes('--check'));
