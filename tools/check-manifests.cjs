// Checks the manifests of every environment with the field's own checkers, offline once their programs are built:
//
//   node tools/check-manifests.cjs [FOLDER...]      default dist
//
// kubeconform in strict mode with schemas of the oldest and the newest supported Kubernetes release and of custom
// resources, and for dist/ kube-score, whose findings have to be those that docs/kube-score.md lists: no more, and no
// fewer. Each checker first has to find what is planted.
'use strict';

const { execFileSync, spawnSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join, relative, resolve } = require('node:path');
const { environmentsIn } = require('./manifests/environments.cjs');
const { compareFindings, listedFindings } = require('./manifests/listed-findings.cjs');
const { kubernetesSchemas, programFolder, RELEASES, resourceSchemas } = require('./manifests/programs.cjs');
const { RESOURCE_LOCATION } = require('./manifests/resource-schemas.cjs');

const ROOT = join(__dirname, '..');
const DIST = join(ROOT, 'dist');
const PLANTED = join(__dirname, 'manifests', 'planted');
const LIST = join('docs', 'kube-score.md');

function main(folders) {
  const programs = programFolder();
  const schemas = Object.keys(RELEASES).map((release) => kubernetesSchemas(release));
  const resources = resourceSchemas();
  const conform = (versions, paths) =>
    versions.flatMap((it) => conformErrors(join(programs, 'kubeconform'), it, resources, paths));
  const listed = listedFindings(readFileSync(join(ROOT, LIST), 'utf8'));
  const score = (paths) => scoreFindings(join(programs, 'kube-score'), schemas.at(-1), listed.leftOut, paths);

  const environments = folders.flatMap(environmentsIn);
  const problems = [
    ...missedViolations(schemas, conform, score),
    ...conform(
      schemas,
      environments.flatMap(({ files }) => files),
    ),
    ...folders
      .filter((folder) => resolve(folder) === DIST)
      .flatMap((dist) => scoreProblems(dist, score, listed)),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) return 1;
  const versions = schemas.map(({ version }) => version).join(' and ');
  for (const { name, documents } of environments) {
    console.log(`${name}: ${documents.length} objects conform to Kubernetes ${versions}`);
  }
  return 0;
}

/** A checker that finds nothing in what is wrong on purpose proves nothing. */
function missedViolations(schemas, conform, score) {
  const [oldest, newest] = schemas;
  const newer = 'newer/hostname-override.yaml';
  const found = (file, check, expected) =>
    check([join(PLANTED, file)]).some((line) => expected.test(line))
      ? []
      : [`the checker does not find what is planted in ${file}`];
  return [
    ...schemas.flatMap((it) =>
      found('unknown-field.yaml', (paths) => conform([it], paths), /imagePullPolicies/),
    ),
    ...found('unknown-resource-field.yaml', (paths) => conform([newest], paths), /minReplicas/),
    ...found(newer, (paths) => conform([oldest], paths), /hostnameOverride/),
    ...conform([newest], [join(PLANTED, newer)]),
    ...found('root-container.yaml', score, /^container-security-context-user-group-id Deployment planted$/),
  ];
}

function scoreProblems(dist, score, { findings }) {
  const found = environmentsIn(dist).map(({ name, files }) => ({
    environment: name,
    findings: score(files),
  }));
  return compareFindings(found, findings).map((line) => `${LIST} ${line}`);
}

function conformErrors(program, { folder, version }, resources, paths) {
  const { resources: checked } = run(program, [
    '-strict',
    ...['-output', 'json'],
    ...['-kubernetes-version', version.slice(1)],
    ...['-schema-location', join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json')],
    ...['-schema-location', join(resources, RESOURCE_LOCATION)],
    ...paths,
  ]);
  return (checked ?? []).map(({ filename, kind, name, msg }) => {
    return `${relative(ROOT, filename)}: Kubernetes ${version}: ${kind} ${name}: ${msg}`;
  });
}

/** Findings as `check Kind name`. */
function scoreFindings(program, { version }, leftOut, paths) {
  const objects = run(program, [
    'score',
    ...['--output-format', 'json'],
    ...['--kubernetes-version', version.replace(/\.\d+$/, '')],
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
  const folders = process.argv.slice(2);
  process.exitCode = main(folders.length > 0 ? folders : [DIST]);
} catch (error) {
  console.error(
    error.code === 'ENOENT' && error.path === 'go' ? 'go is not installed; see README.md' : error.message,
  );
  process.exitCode = 1;
}
