// Checks manifests with the field's own checkers, offline once their programs are built:
//
//   node tools/check-manifests.cjs [FOLDER]      default dist
//
// kubeconform in strict mode with schemas of the pinned Kubernetes release, and kube-score, whose findings have to
// be those that docs/kube-score.md lists: no more, and no fewer. Each checker first has to find what is planted.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { listedFindings, NEVER_LISTED } = require('./manifests/listed-findings.cjs');
const { kubernetesSchemas, programFolder } = require('./manifests/programs.cjs');

const ROOT = join(__dirname, '..');
const LIST = join('docs', 'kube-score.md');

function main(folder) {
  const files = manifestsIn(folder);
  const programs = programFolder();
  const schemas = kubernetesSchemas();
  const listed = listedFindings(readFileSync(join(ROOT, LIST), 'utf8'));
  const conform = (paths) => conformErrors(join(programs, 'kubeconform'), schemas, paths);
  const score = (paths) =>
    scoreFindings(join(programs, 'kube-score'), schemas.release, listed.leftOut, paths);

  const problems = [
    ...planted('unknown-field.yaml', conform, /imagePullPolicies/),
    ...planted('root-container.yaml', score, /^container-security-context-user-group-id Deployment planted$/),
    ...conform(files),
    ...compare(score(files), listed.findings),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) return 1;
  console.log(
    `${files.length} files conform to Kubernetes ${schemas.release}; ${LIST} lists what kube-score finds`,
  );
  return 0;
}

function manifestsIn(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.yaml'));
  if (names.length === 0) throw new Error(`${folder} holds no manifests: run npx capstan synth`);
  return names.sort().map((name) => join(folder, name));
}

/** A checker that finds nothing in what is wrong on purpose proves nothing. */
function planted(name, check, expected) {
  const found = check([join(__dirname, 'manifests', 'planted', name)]);
  return found.some((line) => expected.test(line))
    ? []
    : [`the checker does not find what is planted in ${name}`];
}

function conformErrors(program, { folder, release }, paths) {
  const location = join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');
  const { resources } = run(program, [
    '-strict',
    ...['-output', 'json'],
    ...['-kubernetes-version', release.slice(1)],
    ...['-schema-location', location],
    ...paths,
  ]);
  return (resources ?? []).map(({ filename, kind, name, msg }) => `${filename}: ${kind} ${name}: ${msg}`);
}

/** Findings as `check Kind name`. */
function scoreFindings(program, release, leftOut, paths) {
  const objects = run(program, [
    'score',
    ...['--output-format', 'json'],
    ...['--kubernetes-version', release.replace(/\.\d+$/, '')],
    ...optionalChecks(program)
      .filter((check) => !leftOut.includes(check))
      .flatMap((check) => ['--enable-optional-test', check]),
    ...paths,
  ]);
  return objects.flatMap(({ type_meta, object_meta, checks }) =>
    checks
      .filter(({ skipped, grade }) => !skipped && grade < 10)
      .map(({ check }) => `${check.id} ${type_meta.kind} ${object_meta.name}`),
  );
}

/** The checks that kube-score runs only when asked to: lines `id,kind,"text",optional` of its list. */
function optionalChecks(program) {
  const lines = execFileSync(program, ['list'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.endsWith(',optional')).map((line) => line.slice(0, line.indexOf(',')));
}

function compare(found, listed) {
  return [
    ...found.filter((it) => !listed.includes(it)).map((it) => `${LIST} does not list the finding ${it}`),
    ...listed.filter((it) => !found.includes(it)).map((it) => `${LIST} lists ${it}, which is gone`),
    ...listed
      .filter((it) => NEVER_LISTED.test(it))
      .map((it) => `${LIST} lists ${it}: correct the manifest instead`),
  ];
}

/** Both programs exit with 1 when they find something; no JSON means that they failed. */
function run(program, args) {
  const { stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (error) throw error;
  try {
    return JSON.parse(stdout);
  } catch {
    throw new Error(`${program} failed: ${stderr}${stdout}`);
  }
}

try {
  process.exitCode = main(process.argv[2] ?? join(ROOT, 'dist'));
} catch (error) {
  console.error(
    error.code === 'ENOENT' && error.path === 'go' ? 'go is not installed; see README.md' : error.message,
  );
  process.exitCode = 1;
}
