// The environments whose manifests a folder holds.
'use strict';

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { basename, join, resolve } = require('node:path');
const { parseAllDocuments } = require('yaml');

const KUSTOMIZATION = 'kustomization.yaml';

/**
 * Each folder below with a kustomization is an environment; a folder without such folders is one itself.
 *
 * @returns for each its name, its folder, the files of its manifests and their documents
 */
function environmentsIn(folder) {
  if (!existsSync(folder)) throw new Error(`${folder} is not there: run npx capstan synth`);
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, KUSTOMIZATION)))
    .map(({ name }) => name)
    .sort();
  const folders = below.length > 0 ? below.map((name) => join(folder, name)) : [folder];
  return folders.map((it) => environment(it));
}

function environment(folder) {
  const files = readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.yaml') && basename(name) !== KUSTOMIZATION)
    .sort()
    .map((name) => join(folder, name));
  if (files.length === 0) throw new Error(`${folder} holds no manifests: run npx capstan synth`);
  const isKustomized = existsSync(join(folder, KUSTOMIZATION));
  return {
    name: basename(resolve(folder)),
    folder,
    isKustomized,
    files,
    documents: files.flatMap(documentsIn),
  };
}

/** The documents of a file of manifests. */
function documentsIn(file) {
  const documents = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
  return documents.filter((document) => document !== null);
}

module.exports = { documentsIn, environmentsIn };
