import type { Chart } from 'cdk8s';
import type { Deployment } from 'cdk8s-plus-27';
import type {
  CapstanApp,
  JsonObject,
  NodePool,
  WebService,
  WebServiceProps,
  Worker,
  WorkerAroundProps,
  WorkerProps,
} from '../../lib';

// What the examples in doc comments and documents may use without making it themselves. Nothing of it exists when
// tests run: the examples are compiled, not run.
export { Darkroom } from '../../charts/darkroom';
export declare const app: CapstanApp;
export declare const aroundProps: WorkerAroundProps;
export declare const chart: Chart;
export declare const darkroom: import('../../charts/darkroom').Darkroom;
export declare const documents: readonly JsonObject[];
export declare const kubeconfig: string;
export declare const nodePools: readonly NodePool[];
export declare const text: string;
export declare const upload: WebService;
export declare const web: Deployment;
export declare const galleryProps: WebServiceProps;
export declare const worker: Worker;
export declare const workerProps: WorkerProps;
