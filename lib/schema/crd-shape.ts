import type { JsonValue } from '../json-value';
import type { Shape, ShapeRules } from './shape';

/** A schema of a CRD, as far as an API server heeds it. CEL rules are not among it. */
export interface CrdSchema {
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly default?: JsonValue;
  readonly properties?: { readonly [name: string]: CrdSchema };
  readonly additionalProperties?: CrdSchema | boolean;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: CrdSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly enum?: readonly JsonValue[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly allOf?: readonly CrdSchema[];
  readonly anyOf?: readonly CrdSchema[];
  readonly oneOf?: readonly CrdSchema[];
  readonly not?: CrdSchema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-list-type'?: string;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const SCALARS: { readonly [type: string]: string } = {
  boolean: 'boolean',
  integer: 'integer',
  'integer/int32': 'int32',
  'integer/int64': 'int64',
  number: 'number',
  string: 'string',
  'string/byte': 'bytes',
  'string/date-time': 'time',
};

/** What controller-gen writes for a quantity. */
const QUANTITY_PATTERN =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

/** Formats that are in the text of a type. */
const TYPES_OF_THEIR_OWN = new Set(['byte', 'date-time', 'int32', 'int64', 'double', 'float']);

const SAME_NAME = [
  'pattern',
  'minLength',
  'maxLength',
  'multipleOf',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
] as const;

/** The shape of the objects of a CRD's version. */
export function crdShape(schema: CrdSchema): ShapeRules {
  const shape = shapeOf(schema);
  const rules = typeof shape === 'string' ? { is: shape } : shape;
  const fields = { ...rules.fields, apiVersion: 'string', kind: 'string', metadata: 'meta:v1.ObjectMeta' };
  return shape === 'any' || shape === 'object' ? { fields, open: true } : { ...rules, fields };
}

function shapeOf(schema: CrdSchema): Shape {
  const rules = { ...typeOf(schema), ...constraintsOf(schema) };
  if (schema.nullable === true) rules.nulls = true;
  const names = Object.keys(rules);
  if (names.length === 1 && rules.is !== undefined) return rules.is;
  return names.length === 0 ? 'any' : rules;
}

function typeOf(schema: CrdSchema): Mutable<ShapeRules> {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return { is: schema.pattern === QUANTITY_PATTERN ? 'int-or-quantity' : 'int-or-string' };
  }
  if (schema.type === 'object') return objectOf(schema);
  if (schema.type === 'array') return listOf(schema);
  if (schema.type === undefined) return {};
  const text = SCALARS[`${schema.type}/${schema.format}`] ?? SCALARS[schema.type];
  if (text === undefined) throw new Error(`a CRD has a field of the unknown type ${schema.type}`);
  return { is: text };
}

function objectOf(schema: CrdSchema): Mutable<ShapeRules> {
  const { properties, additionalProperties } = schema;
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || additionalProperties === true;
  if (typeof additionalProperties === 'object') {
    const rest = shapeOf(additionalProperties);
    return typeof rest === 'string' ? { is: `{}${rest}` } : { rest };
  }
  if (properties === undefined && (isOpen || schema['x-kubernetes-embedded-resource'] === true)) {
    return { is: 'object' };
  }
  const fields = Object.entries(properties ?? {}).map(([name, field]) => [name, shapeOf(field)] as const);
  return { fields: Object.fromEntries(fields), ...(isOpen ? { open: true } : {}) };
}

function listOf(schema: CrdSchema): Mutable<ShapeRules> {
  const element = shapeOf(schema.items ?? {});
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => {
    const fallback = schema.items?.properties?.[key]?.default;
    return fallback === undefined ? key : `${key}=${String(fallback)}`;
  });
  const isSet = schema['x-kubernetes-list-type'] === 'set' || schema.uniqueItems === true;
  if (typeof element === 'string') return { is: `[${isSet ? '=' : keys.join(',')}]${element}` };
  return { items: element, ...(keys.length > 0 ? { keys } : {}), ...(isSet ? { unique: true } : {}) };
}

/** What a schema says besides its type. */
function constraintsOf(schema: CrdSchema): Mutable<ShapeRules> {
  const rules: Mutable<ShapeRules> = {};
  for (const name of SAME_NAME)
    if (schema[name] !== undefined) Object.assign(rules, { [name]: schema[name] });
  if (rules.pattern === QUANTITY_PATTERN && schema['x-kubernetes-int-or-string'] === true)
    delete rules.pattern;
  if (schema.minimum !== undefined)
    rules[schema.exclusiveMinimum === true ? 'above' : 'minimum'] = schema.minimum;
  if (schema.maximum !== undefined)
    rules[schema.exclusiveMaximum === true ? 'below' : 'maximum'] = schema.maximum;
  const isText = schema.type === undefined || schema.type === 'string';
  if (schema.format !== undefined && isText && !TYPES_OF_THEIR_OWN.has(schema.format))
    rules.format = schema.format;
  // Defaults are filled in before anything is checked.
  const required = (schema.required ?? []).filter((name) => schema.properties?.[name]?.default === undefined);
  if (required.length > 0) rules.required = required;
  if (schema.enum !== undefined) rules.enum = schema.enum;
  addAlternatives(rules, schema);
  return rules;
}

function addAlternatives(rules: Mutable<ShapeRules>, schema: CrdSchema): void {
  // That a whole number or a string is either is said by its type.
  const isEither = schema['x-kubernetes-int-or-string'] === true;
  for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
    const parts = schema[name]?.map((part) => ruleOf(part)).filter((part) => Object.keys(part).length > 0);
    const isDropped =
      parts === undefined || parts.length === 0 || (isEither && parts.length < (schema[name]?.length ?? 0));
    if (!isDropped) rules[name] = parts;
  }
  if (schema.not !== undefined) rules.not = ruleOf(schema.not);
  const defaults = Object.entries(schema.properties ?? {}).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const isConditional = Boolean(rules.allOf ?? rules.anyOf ?? rules.oneOf ?? rules.not);
  if (isConditional && defaults.length > 0) rules.defaults = Object.fromEntries(defaults);
}

/** The rules of a part of an alternative, which has no types of its own. */
function ruleOf(schema: CrdSchema): ShapeRules {
  const rules = constraintsOf(schema);
  if (schema.properties !== undefined) {
    const fields = Object.entries(schema.properties).map(([name, field]) => [name, ruleOf(field)] as const);
    rules.fields = Object.fromEntries(fields);
  }
  if (schema.items !== undefined) rules.items = ruleOf(schema.items);
  return rules;
}
