/**
 * Deploys the manifests of a program with Pulumi. Needs `@pulumi/pulumi` and `@pulumi/kubernetes`; nothing else of
 * Capstan loads them.
 *
 * @packageDocumentation
 */

export { CapstanStack, type CapstanStackArgs, type ObjectOptions } from './capstan-stack';
export { clusterProvider } from './cluster-provider';
export type { Waiting } from './waiting';
