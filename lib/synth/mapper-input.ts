import { ApiObject } from 'cdk8s';

/** What an object was rendered from before its class mapped it; `undefined` when nothing is known of it. */
export type MapperInputOf = (object: ApiObject) => unknown;

/**
 * Notes what the classes that `cdk8s import` generates are given to map: props, patches and all, resolved. Each of
 * them renders by `ApiObject.toJson` and maps what that returns, which is the only place where it can be seen. cdk8s
 * is as it was when `run` has ended.
 */
export function notingMapperInput<T>(run: (inputOf: MapperInputOf) => T): T {
  const inputs = new WeakMap<ApiObject, unknown>();
  const { toJson } = ApiObject.prototype;
  ApiObject.prototype.toJson = function (this: ApiObject) {
    const input: unknown = toJson.call(this);
    inputs.set(this, input);
    return input;
  };
  try {
    return run((object) => inputs.get(object));
  } finally {
    ApiObject.prototype.toJson = toJson;
  }
}
