// What the OpenAPI document leaves out and Go source files of the same release say: values of enumerations, defaults,
// and the feature gates that fields need.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is known of a field besides its type. */
export interface FieldFacts {
  enum?: readonly string[];
  default?: string;
}

/** Facts by `core.v1.ContainerPort#protocol`. */
export type Facts = ReadonlyMap<string, FieldFacts>;

/** Reads `pkg/generated/openapi` of k8s.io/kubernetes, a Go file as gofmt writes it. */
export function readFacts(kubernetesFolder: string): Facts {
  const file = join(kubernetesFolder, 'pkg/generated/openapi/zz_generated.openapi.go');
  const facts = new Map<string, FieldFacts>();
  let type = '';
  let field = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const definition = /^func schema_(\w+?)_(v\d\w*?)_(\w+)\(ref/.exec(line);
    if (definition !== null) type = `${definition[1]?.split('_').pop()}.${definition[2]}.${definition[3]}`;
    field = /^\t{5}"([^"]+)": \{$/.exec(line)?.[1] ?? field;
    // The depth tells a field's own values from those of its elements.
    const values = /^\t{7,11}Enum: +\[\]interface\{\}\{(.*)\},$/.exec(line)?.[1];
    const fallback = /^\t{7}Default: +"(.+)",$/.exec(line)?.[1];
    if (values === undefined && fallback === undefined) continue;
    const known = facts.get(`${type}#${field}`) ?? {};
    facts.set(`${type}#${field}`, known);
    if (values !== undefined) known.enum = JSON.parse(`[${values}]`) as string[];
    if (fallback !== undefined) known.default = fallback;
  }
  return facts;
}

/** Minor versions from which on a gate is on or off by default. */
export type Gates = ReadonlyMap<string, readonly { readonly since: string; readonly on: boolean }[]>;

/** Reads the feature gates of the API server. */
export function readGates(kubernetesFolder: string): Gates {
  const folder = join(kubernetesFolder, 'pkg/features');
  const files = readdirSync(folder).filter((name) => /kube_features\.go$/.test(name));
  const text = files.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
  const names = new Map(
    [...text.matchAll(/^\t(\w+)\s+featuregate\.Feature = "(\w+)"/gm)].map(([, constant = '', name = '']) => [
      constant,
      name,
    ]),
  );
  const entries = [...text.matchAll(/^\t(?:\w+\.)?(\w+): \{\n((?:\t\t\{Version.*\n)+)\t\},/gm)];
  return new Map(
    entries.map(([, constant = '', lines = '']) => [
      names.get(constant) ?? constant,
      [...lines.matchAll(/MustParse\("([\d.]+)"\), Default: (true|false)/g)].map(([, since = '', on]) => ({
        since,
        on: on === 'true',
      })),
    ]),
  );
}

/** Gates by `core.v1.PodSpec#hostnameOverride`, from the comments of k8s.io/api. */
export function readGatedFields(apiFolder: string): Map<string, readonly string[]> {
  const gated = new Map<string, readonly string[]>();
  for (const group of readdirSync(apiFolder, { withFileTypes: true }).filter((it) => it.isDirectory())) {
    for (const version of readdirSync(join(apiFolder, group.name)).filter((name) => /^v\d\w*$/.test(name))) {
      const text = readFileSync(join(apiFolder, group.name, version, 'types.go'), 'utf8');
      for (const [field, gates] of gatedFieldsOf(text)) gated.set(`${group.name}.${version}.${field}`, gates);
    }
  }
  return gated;
}

const PROSE = /[Rr]equires (?:enabling )?the (\w+) feature ?gate/;

function gatedFieldsOf(text: string): Map<string, readonly string[]> {
  const own = new Map<string, readonly string[]>();
  const embedded: [type: string, of: string][] = [];
  let type = '';
  let comment = '';
  for (const line of text.split('\n')) {
    type = /^type (\w+) struct \{/.exec(line)?.[1] ?? type;
    if (/^\t\/\//.test(line)) {
      comment += `${line.replace(/^\t\/\/ ?/, '')}\n`;
      continue;
    }
    const field = /^\t\w+\s.*`json:"(\w+)/.exec(line)?.[1];
    const inline = /^\t(?:\w+\.)?(\w+)\s+`json:"(?:,inline)?"/.exec(line)?.[1];
    const marked = /^\+featureGate=(.+)$/m.exec(comment)?.[1]?.split(',');
    const told = PROSE.exec(comment.replaceAll('\n', ' '))?.[1];
    const gates = marked ?? (told === undefined ? undefined : [told]);
    if (field !== undefined && gates !== undefined) own.set(`${type}#${field}`, gates);
    if (inline !== undefined) embedded.push([inline, type]);
    comment = '';
  }
  for (const [part, whole] of embedded) {
    for (const [key, gates] of [...own]) {
      const [name, field] = key.split('#');
      if (name === part) own.set(`${whole}#${field}`, gates);
    }
  }
  return own;
}
