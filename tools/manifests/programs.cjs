// What the check of the manifests runs, kept outside the repo: kubeconform and kube-score as go.mod pins them, and
// the schemas of the Kubernetes release that tools/cluster/go.mod names.
'use strict';

const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, renameSync, rmSync } = require('node:fs');
const { homedir } = require('node:os');
const { join } = require('node:path');
const { writeSchemas } = require('./kubernetes-schemas.cjs');

const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'capstan');
const PROGRAMS = [
  'github.com/yannh/kubeconform/cmd/kubeconform',
  'github.com/zegl/kube-score/cmd/kube-score',
];
const KUBERNETES = 'k8s.io/kubernetes';

/** Builds the programs unless they are there; gives their folder. */
function programFolder() {
  return cached('checkers', [join(__dirname, 'go.sum')], (folder) => {
    mkdirSync(folder, { recursive: true });
    go(['build', '-mod=readonly', '-trimpath', '-o', `${folder}/`, ...PROGRAMS], __dirname, {
      CGO_ENABLED: '0',
    });
  });
}

/** Makes the schemas unless they are there; gives their folder and the release. */
function kubernetesSchemas() {
  const cluster = join(__dirname, '..', 'cluster');
  const release = go(['list', '-m', '-f', '{{.Version}}', KUBERNETES], cluster).trim();
  const folder = cached(`schemas/${release}`, [join(__dirname, 'kubernetes-schemas.cjs')], (target) => {
    const { Dir } = JSON.parse(go(['mod', 'download', '-json', KUBERNETES], cluster));
    const openapi = JSON.parse(readFileSync(join(Dir, 'api/openapi-spec/swagger.json'), 'utf8'));
    if (writeSchemas(openapi, target) === 0) throw new Error(`${KUBERNETES} ${release} describes no kinds`);
  });
  return { folder, release };
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

module.exports = { kubernetesSchemas, programFolder };
