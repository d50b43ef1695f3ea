// Turns the OpenAPI document of a Kubernetes release into one strict JSON Schema per kind, in the file names that
// kubeconform looks for: deployment-apps-v1.json, service-v1.json.
'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** Types whose JSON form the OpenAPI document tells only in prose. */
const FORMS = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
};

/** Writes the schemas of all kinds of an OpenAPI 2 document into a folder; gives their number. */
function writeSchemas(openapi, folder) {
  const definitions = {};
  for (const [name, definition] of Object.entries(openapi.definitions)) {
    definitions[name] = FORMS[name] ?? strict(definition);
  }
  mkdirSync(folder, { recursive: true });
  let count = 0;
  for (const [name, definition] of Object.entries(openapi.definitions)) {
    for (const identity of definition['x-kubernetes-group-version-kind'] ?? []) {
      const schema = kindSchema(definitions, name, identity);
      writeFileSync(join(folder, fileName(identity)), JSON.stringify(schema));
      count++;
    }
  }
  return count;
}

/** The schema of one kind, with the definitions that it needs and no others. */
function kindSchema(definitions, name, { group, version, kind }) {
  const needed = {};
  const visit = (value) => {
    if (typeof value !== 'object' || value === null) return;
    const target = typeof value.$ref === 'string' ? value.$ref.split('/').pop() : undefined;
    if (target !== undefined && needed[target] === undefined) {
      needed[target] = definitions[target];
      visit(definitions[target]);
    }
    Object.values(value).forEach(visit);
  };
  const root = structuredClone(definitions[name]);
  visit(root);
  root.properties.apiVersion = { enum: [group === '' ? version : `${group}/${version}`] };
  root.properties.kind = { enum: [kind] };
  root.required = [...new Set([...(root.required ?? []), 'apiVersion', 'kind'])];
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...root, definitions: needed };
}

/** A definition that refuses fields it does not know. Objects without known fields stay open. */
function strict(definition) {
  if (Array.isArray(definition)) return definition.map(strict);
  if (typeof definition !== 'object' || definition === null) return definition;
  const result = {};
  for (const [key, value] of Object.entries(definition)) {
    if (key === 'description' || key === 'format' || key.startsWith('x-kubernetes-')) continue;
    // Below `properties` stand names of fields, which may be called `format` as well.
    result[key] =
      key === 'properties'
        ? Object.fromEntries(Object.entries(value).map(([field, schema]) => [field, strict(schema)]))
        : strict(value);
  }
  if (result.properties !== undefined && result.additionalProperties === undefined) {
    result.additionalProperties = false;
  }
  return result;
}

function fileName({ group, version, kind }) {
  const suffix = group === '' ? version : `${group.split('.')[0]}-${version}`;
  return `${kind.toLowerCase()}-${suffix.toLowerCase()}.json`;
}

module.exports = { writeSchemas };
