// What the checks of manifests run and read, kept outside the repo: kubeconform and kube-score as go.mod pins them,
// and what Go modules of fixed versions say about the supported Kubernetes releases and about custom resources.
'use strict';

const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { homedir, tmpdir } = require('node:os');
const { join } = require('node:path');
const { writeResourceSchemas } = require('./resource-schemas.cjs');
const { writeSchemas } = require('./kubernetes-schemas.cjs');
const { documentsIn } = require('./environments.cjs');

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'capstan');
const PROGRAMS = [
  'github.com/yannh/kubeconform/cmd/kubeconform',
  'github.com/zegl/kube-score/cmd/kube-score',
];
const KUBERNETES = 'k8s.io/kubernetes';
const CLUSTER = join(__dirname, '..', 'cluster');
/** The oldest and the newest supported release, by the module that builds it. */
const RELEASES = { oldest: join(CLUSTER, 'apiserver-1.32'), newest: CLUSTER };
const SOURCES = join(__dirname, '..', 'schema', 'sources.json');

/** Builds the programs unless they are there; gives their folder. */
function programFolder() {
  return cached('checkers', [join(__dirname, 'go.sum')], (folder) => {
    mkdirSync(folder, { recursive: true });
    go(['build', '-mod=readonly', '-trimpath', '-o', `${folder}/`, ...PROGRAMS], __dirname, {
      CGO_ENABLED: '0',
    });
  });
}

/** Makes the schemas of a release unless they are there; gives their folder and the version, such as v1.37.1. */
function kubernetesSchemas(release) {
  const module = RELEASES[release];
  const version = go(['list', '-m', '-f', '{{.Version}}', KUBERNETES], module).trim();
  const folder = cached(`schemas/${version}`, [join(__dirname, 'kubernetes-schemas.cjs')], (target) => {
    const { Dir } = JSON.parse(go(['mod', 'download', '-json', KUBERNETES], module));
    const openapi = JSON.parse(readFileSync(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8'));
    if (writeSchemas(openapi, target) === 0) throw new Error(`${KUBERNETES} ${version} describes no kinds`);
  });
  return { folder, version };
}

/** The CustomResourceDefinitions of what manifests may use: documents, from the modules that sources.json names. */
function resourceDefinitions() {
  const folder = cached('definitions', [SOURCES], (target) => {
    mkdirSync(target, { recursive: true });
    writeFileSync(join(target, 'all.json'), JSON.stringify(publishedDefinitions()));
  });
  return JSON.parse(readFileSync(join(folder, 'all.json'), 'utf8'));
}

function publishedDefinitions() {
  const { resources } = JSON.parse(readFileSync(SOURCES, 'utf8'));
  return resources.flatMap(({ module, version, folder }) => {
    const wanted = `${module}@v${version}`;
    // Outside of any module, so that no go.mod takes part.
    const { Dir } = JSON.parse(go(['mod', 'download', '-json', wanted], tmpdir()));
    const files = readdirSync(join(Dir, folder)).filter((name) => name.endsWith('.yaml'));
    const documents = files.flatMap((name) => documentsIn(join(Dir, folder, name)));
    // Gateway API brings an admission policy against its own older versions beside the definitions.
    const definitions = documents.filter(({ kind }) => kind === 'CustomResourceDefinition');
    if (definitions.length === 0) throw new Error(`${wanted} has no definitions in ${folder}`);
    return definitions;
  });
}

/** Makes the schemas of custom resources unless they are there; gives their folder. */
function resourceSchemas() {
  return cached('schemas/resources', [SOURCES, join(__dirname, 'resource-schemas.cjs')], (target) =>
    writeResourceSchemas(resourceDefinitions(), target),
  );
}

/** A folder of the cache named by what it is made from. It appears in one step, whole. */
function cached(name, sources, make) {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(readFileSync(source));
  const folder = join(CACHE, name, hash.digest('hex').slice(0, 12));
  if (existsSync(folder)) return folder;
  const part = `${folder}.${process.pid}.part`;
  try {
    make(part);
    renameSync(part, folder);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
  return folder;
}

function go(args, cwd, env = {}) {
  const stdio = ['ignore', 'pipe', 'inherit'];
  return execFileSync('go', args, {
    cwd,
    stdio,
    encoding: 'utf8',
    env: { ...process.env, GOWORK: 'off', GOFLAGS: '', ...env },
  });
}

module.exports = { kubernetesSchemas, programFolder, RELEASES, resourceDefinitions, resourceSchemas };
