// Makes a checkout ready: checks Node and Go, and installs what package-lock.json names. Prints nothing when all is
// there. It keeps to what an old Node reads too, so that it can say what it needs.
// biome-ignore-all lint/style/useNodejsImportProtocol: Node before 14.18 does not know it
'use strict';
const childProcess = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const os = require('os');
const path = require('path');

const ROOT = path.join(__dirname, '..');
const LOCK = path.join(ROOT, 'package-lock.json');
const MODULES = path.join(ROOT, 'node_modules');
const STAMP = path.join(MODULES, '.capstan-lock-hash');
const INSTALL_MINUTES = 15;

const NODE = { name: 'Node', least: [20, 19], source: 'https://nodejs.org/' };
const GO = { name: 'Go', least: [1, 26], source: 'https://go.dev/dl/' };

function isOldEnough(version, least) {
  const parts = /(\d+)\.(\d+)/.exec(version);
  if (!parts) return false;
  const major = Number(parts[1]);
  return major > least[0] || (major === least[0] && Number(parts[2]) >= least[1]);
}

// What is wrong with a program's version, or '' when nothing is; `version` is undefined when it is missing.
function complaint(program, version) {
  if (version !== undefined && isOldEnough(version, program.least)) return '';
  const found = version === undefined ? 'none' : version.replace(/^(go|v)/, '');
  return (
    'Capstan needs ' +
    program.name +
    ' ' +
    program.least.join('.') +
    ' or newer, got ' +
    found +
    '. Install it: ' +
    program.source
  );
}

// The installed Go itself, not one that it would fetch.
function goVersion() {
  const env = Object.assign({}, process.env, { GOTOOLCHAIN: 'local' });
  const options = { cwd: os.tmpdir(), env: env, encoding: 'utf8', timeout: 60000 };
  const ended = childProcess.spawnSync('go', ['env', 'GOVERSION'], options);
  return ended.status === 0 ? ended.stdout.trim() : undefined;
}

function lockHash() {
  return crypto.createHash('sha256').update(fs.readFileSync(LOCK)).digest('hex');
}

function readText(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (_unreadable) {
    return '';
  }
}

// npm writes its own account of node_modules as the last step of an install, so that a broken-off one has none.
function isInstalledByHand() {
  const account = readText(path.join(MODULES, '.package-lock.json'));
  if (account === '') return false;
  const installed = JSON.parse(account).packages;
  const wanted = JSON.parse(fs.readFileSync(LOCK, 'utf8')).packages;
  return Object.keys(wanted).every((name) => {
    if (name === '' || wanted[name].optional) return true;
    return installed[name] !== undefined && installed[name].version === wanted[name].version;
  });
}

function install() {
  const hash = lockHash();
  if (readText(STAMP) === hash) return;
  if (!isInstalledByHand()) {
    console.error('Installing the packages of package-lock.json ...');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const options = {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
      timeout: INSTALL_MINUTES * 60000,
      shell: process.platform === 'win32',
    };
    const ended = childProcess.spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], options);
    if (ended.status !== 0) {
      fail(`\`npm ci\` failed${ended.error ? `: ${ended.error.message}` : ''}. The lines above say why.`);
    }
  }
  // `npm ci` empties node_modules first, so that a stamp is always one of a finished install.
  fs.writeFileSync(STAMP, hash);
}

function fail(line) {
  console.error(line);
  process.exit(1);
}

function setUp() {
  const complaints = [complaint(NODE, process.version), complaint(GO, goVersion())].filter(Boolean);
  if (complaints.length > 0) fail(complaints.join('\n'));
  install();
}

module.exports = { setUp: setUp, complaint: complaint, NODE: NODE, GO: GO };
if (require.main === module) setUp();
