/**
 * Deploys the manifests of a program with Pulumi. Needs `@pulumi/pulumi` and `@pulumi/kubernetes`; nothing else of
 * Capstan loads them.
 *
 * @packageDocumentation
 */

export { CapstanStack, type CapstanStackArgs } from './capstan-stack';
