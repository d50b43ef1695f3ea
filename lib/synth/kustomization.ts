import type { JsonObject } from '../json-value';

/** The file that makes a folder one thing to deploy for `kubectl apply -k`. */
export const KUSTOMIZATION_FILE = 'kustomization.yaml';

/**
 * What says that a folder is deployed as it is.
 *
 * @param files the manifests, relative to the folder
 */
export function kustomization(files: Iterable<string>): JsonObject {
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...files].sort(),
  };
}
