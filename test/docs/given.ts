import type { CapstanApp, Worker, WorkerProps } from '../../lib';

// What the examples in doc comments and documents may use without making it themselves. Nothing of it exists when
// tests run: the examples are compiled, not run.
export { Darkroom } from '../../charts/darkroom';
export declare const app: CapstanApp;
export declare const darkroom: import('../../charts/darkroom').Darkroom;
export declare const kubeconfig: string;
export declare const web: import('cdk8s-plus-27').Deployment;
export declare const worker: Worker;
export declare const workerProps: WorkerProps;
