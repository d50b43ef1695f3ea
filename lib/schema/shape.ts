/**
 * The form of the tables that documents are checked against. They are generated from the OpenAPI documents of
 * Kubernetes and from CRDs (tools/schema), one file a group, and small: no descriptions, and what is the same in all
 * versions is said once.
 */

import type { JsonValue } from '../json-value';

/** Everything that is known of one API group. */
export interface Table {
  /** Says that the file is generated, and how. */
  readonly generated?: string;
  /** Name of the group; empty for the core group, `meta` for what all groups share. */
  readonly group: string;
  /** Where it is from, as a message names it: `Kubernetes`, `Gateway API 1.5.1`. */
  readonly source: string;
  /** The kinds, by `version/Kind`. */
  readonly kinds: { readonly [kind: string]: Kind };
  /** Types that several places share, and those of kinds, by name. */
  readonly types: { readonly [name: string]: ShapeRules };
}

/** A kind of object. */
export interface Kind {
  /** The type of its documents. */
  readonly type: string;
  /** The last part of its URL: `deployments`. */
  readonly plural: string;
  /** Whether its objects are in namespaces. Absent means that they are not. */
  readonly namespaced?: true;
  /** Versions of Kubernetes that have it. Absent means all. */
  readonly in?: Versions;
}

/** Ranges of minor versions, both ends included: `1.34..`, `..1.35`, `1.34..1.35`, `..1.32,1.36..`. */
export type Versions = string;

/**
 * What a value has to be: a text for the common cases, an object for the others. The text is
 *
 * | text | is |
 * | --- | --- |
 * | `string`, `boolean`, `number`, `integer`, `int32`, `int64` | a scalar |
 * | `quantity`, `int-or-string`, `int-or-quantity`, `time`, `bytes` | a scalar in a form of Kubernetes |
 * | `any`, `object` | anything, any object |
 * | `=A\|B@1.35..` | one of these strings, the second from Kubernetes 1.35 on |
 * | `v1.PodSpec`, `core:v1.PodSpec` | a type of this table, of another one |
 * | `[]T` | a list |
 * | `[=]T` | a list without duplicates |
 * | `[name,protocol=TCP]T` | a list in which no two elements have the same keys; `TCP` stands for an absent one |
 * | `{}T` | an object with any keys and such values |
 */
export type Shape = string | ShapeRules;

/** The long form of a {@link Shape}. Everything that is said has to hold. */
export interface ShapeRules {
  /** A shape that the value has to have besides. */
  readonly is?: string;

  /** Versions of Kubernetes that have this field. Absent means all. */
  readonly in?: Versions;
  /** Feature gates that all have to be on for this field to be kept. */
  readonly gates?: readonly string[];
  /** Versions in which they are on by default. Absent while `gates` are there means none. */
  readonly on?: Versions;

  /** Fields of an object. Others are unknown, unless `open` or `rest` are there. */
  readonly fields?: { readonly [name: string]: Shape };
  /** Fields that have to be there. */
  readonly required?: readonly string[];
  /** Fields that have to be there in some versions. */
  readonly requiredIn?: { readonly [name: string]: Versions };
  /** What the values of unnamed fields have to be. */
  readonly rest?: Shape;
  /** Whether there may be unnamed fields. */
  readonly open?: true;
  readonly minProperties?: number;
  readonly maxProperties?: number;

  /** What the elements of a list have to be. */
  readonly items?: Shape;
  /** Keys of which no two elements may have the same values, each maybe with `=` and a default. */
  readonly keys?: readonly string[];
  /** Whether no two elements may be the same. */
  readonly unique?: true;
  readonly minItems?: number;
  readonly maxItems?: number;

  readonly enum?: readonly JsonValue[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  /** Bounds that the value has to be above and below. */
  readonly above?: number;
  readonly below?: number;
  readonly multipleOf?: number;

  /** Whether null is a value here. Elsewhere an optional field that is null is taken for absent. */
  readonly nulls?: true;

  /** What stands for fields that are absent where one of the following is checked. */
  readonly defaults?: { readonly [name: string]: JsonValue };
  readonly allOf?: readonly ShapeRules[];
  readonly anyOf?: readonly ShapeRules[];
  readonly oneOf?: readonly ShapeRules[];
  readonly not?: ShapeRules;
}
