// Turns CustomResourceDefinitions into one strict JSON Schema per kind and version, in files that kubeconform finds
// by group, kind and version: keda.sh/scaledobject_v1alpha1.json.
'use strict';

const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

/** Where kubeconform looks for a custom resource below the folder that {@link writeResourceSchemas} fills. */
const RESOURCE_LOCATION = '{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';

/** Writes the schemas of all versions that definitions serve into a folder; gives their number. */
function writeResourceSchemas(definitions, folder) {
  let count = 0;
  for (const { spec } of definitions) {
    const { group, names, versions } = spec;
    for (const { name, served, schema } of versions) {
      if (!served || schema?.openAPIV3Schema === undefined) continue;
      mkdirSync(join(folder, group), { recursive: true });
      const file = `${names.kind.toLowerCase()}_${name}.json`;
      const text = JSON.stringify(kindSchema(schema.openAPIV3Schema, `${group}/${name}`, names.kind));
      writeFileSync(join(folder, group, file), text);
      count++;
    }
  }
  return count;
}

function kindSchema(openapi, apiVersion, kind) {
  const schema = strict(openapi);
  const own = { apiVersion: { const: apiVersion }, kind: { const: kind }, metadata: { type: 'object' } };
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...schema,
    properties: { ...schema.properties, ...own },
    required: [...new Set([...(schema.required ?? []), 'apiVersion', 'kind', 'metadata'])],
    additionalProperties: false,
  };
}

/** Prose, and what JSON Schema does not know or takes differently. */
function isIgnored(key) {
  const ignored = ['default', 'description', 'example', 'externalDocs', 'format', 'nullable', 'title'];
  return ignored.includes(key) || key.startsWith('x-kubernetes-');
}

/** What a definition says, as JSON Schema that refuses the fields that an API server would prune. */
function strict(openapi) {
  const result = {};
  for (const [key, value] of Object.entries(openapi)) {
    if (!isIgnored(key)) result[key] = translated(key, value);
  }
  if (openapi['x-kubernetes-int-or-string'] === true) result.type = ['integer', 'string'];
  if (openapi.nullable === true && result.type !== undefined) result.type = [result.type, 'null'].flat();
  const isOpen =
    openapi['x-kubernetes-preserve-unknown-fields'] === true ||
    openapi['x-kubernetes-embedded-resource'] === true;
  if (result.properties !== undefined && result.additionalProperties === undefined && !isOpen) {
    result.additionalProperties = false;
  }
  return result;
}

/** Fields that hold schemas. `oneOf` and its like only narrow what stands beside them, so they stay open. */
function translated(key, value) {
  switch (key) {
    case 'properties':
      return Object.fromEntries(Object.entries(value).map(([field, schema]) => [field, strict(schema)]));
    case 'items':
    case 'additionalProperties':
      return typeof value === 'object' ? strict(value) : value;
    case 'oneOf':
    case 'anyOf':
    case 'allOf':
      return value.map(narrowing);
    case 'not':
      return narrowing(value);
    default:
      return value;
  }
}

function narrowing(schema) {
  const { properties, items, ...rest } = schema;
  const fields = Object.entries(properties ?? {}).map(([field, value]) => [field, narrowing(value)]);
  const kept = Object.entries(rest)
    .filter(([key]) => !isIgnored(key))
    .map(([key, value]) => [key, translated(key, value)]);
  return {
    ...Object.fromEntries(kept),
    ...(properties !== undefined && { properties: Object.fromEntries(fields) }),
    ...(items !== undefined && { items: narrowing(items) }),
  };
}

module.exports = { RESOURCE_LOCATION, writeResourceSchemas };
