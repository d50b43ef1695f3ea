import { createHash } from 'node:crypto';
import { ApiObject, App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/**
 * A short text that changes with the spec of an object whose spec can never be changed, such as a Job: as the end of
 * its name it makes every other spec another object.
 *
 * @param build makes the object below a scope, whatever its name
 */
export function specHash(build: (scope: Construct) => Construct): string {
  const built = build(new Chart(new App(), 'hash'));
  const { spec } = ApiObject.of(built).toJson();
  return createHash('sha256').update(JSON.stringify(spec)).digest('hex').slice(0, 8);
}
