import type { IConstruct } from 'constructs';
import type { ServiceContract } from './contract/zz_service.gen';
import type { WorkerContract } from './contract/zz_worker.gen';
import type { AppClient, AppKind, HandlerKind } from './go-app';
import type { JsonObject } from './json-value';
import type { CapacityPool } from './plan/capacity/node';
import { ServicePlan } from './plan/service/service-plan';
import type { ServiceSpec } from './plan/service/spec';
import type { AnyWorkerSpec, WorkerSpec } from './plan/spec';
import type { AnyWorkerPlan, WorkerPlan } from './plan/worker-plan';
import type { TreeProblem } from './spec-error';

/** Variable with the path of the file that `CapstanApp.synth` writes a {@link ProgramModel} to, instead of manifests. */
export const MODEL_VARIABLE = 'CAPSTAN_MODEL';

/** Variable that makes `CapstanApp.synth` write the documents into the model as well, when it is `1`. */
export const MODEL_DOCUMENTS_VARIABLE = 'CAPSTAN_MODEL_DOCUMENTS';

/** What a program says about itself to the `capstan` command: see docs/adr/0005. */
export interface ProgramModel {
  /** Version of this form. */
  readonly version: 1;
  /**
   * What is wrong in the tree, or in the documents that it gives; with `CAPSTAN_MODEL` set, images are not asked for.
   * Figures are computed all the same.
   */
  readonly problems: readonly TreeProblem[];
  /** Where images come from. */
  readonly images: { readonly registry: string; readonly lockFile: string };
  /** The workers, in the order of the tree. */
  readonly workers: readonly WorkerModel[];
  /** The services, in the order of the tree. */
  readonly services: readonly ServiceModel[];
  /** What other constructs use Go apps for, in the order of the tree. */
  readonly apps: readonly AppUse[];
  /** The programs that `Worker.around` plans, in the order of the tree. */
  readonly around: readonly AroundModel[];
  /**
   * What each environment is given, in the order of the tree.
   * @default not asked for, or there are problems
   */
  readonly clusters?: readonly ClusterModel[];
  /**
   * Documents of charts that stand in no environment, dependencies first.
   * @default not asked for, or there are problems
   */
  readonly documents?: readonly JsonObject[];
}

/** What the cluster of an environment is given. */
export interface ClusterModel {
  /** Name of the environment. */
  readonly environmentName: string;
  /** Its nodes; none when the program does not describe them. */
  readonly nodePools: readonly CapacityPool[];
  /** The documents, dependencies first. */
  readonly documents: readonly JsonObject[];
}

/** A construct that makes a workload. */
export interface WorkloadModel {
  /** Path of the construct, such as `darkroom/upload`. */
  readonly path: string;
  /** Name of the workload. */
  readonly name: string;
  /**
   * Name of the environment that it stands in.
   * @default it stands in none
   */
  readonly environmentName?: string;
}

/** A program of a {@link ProgramModel} that Capstan did not generate. */
export interface AroundModel extends WorkloadModel {
  /** What the plan was made from: the props, and what the manifest says. */
  readonly spec: WorkerSpec;
  /** All numbers with their reasons. */
  readonly plan: WorkerPlan;
}

/** A construct that runs a Go app. */
export interface AppUse extends WorkloadModel {
  /** The Go app that it runs. */
  readonly app: AppModel;
}

/** One worker of a {@link ProgramModel}. */
export interface WorkerModel extends AppUse {
  /** What the plan was made from. */
  readonly spec: AnyWorkerSpec;
  /** All numbers with their reasons. */
  readonly plan: AnyWorkerPlan;
  /** What the worker is configured with in the cluster. */
  readonly contract: WorkerContract;
  /** What the container is limited to, memory in bytes. */
  readonly limits: {
    /**
     * CPU cores.
     * @default no limit
     */
    readonly cpuCores?: number;
    readonly memoryBytes: number;
  };
  /** The container's environment, as far as Capstan sets it. */
  readonly environment: Readonly<Record<string, string>>;
  /**
   * The file that says what tasks cost, and the hash of the sources that it was measured with.
   * @default written in the program
   */
  readonly profile?: { readonly file: string; readonly inputs: string };
}

/** One service of a {@link ProgramModel}. */
export interface ServiceModel extends AppUse {
  /** What the plan was made from. */
  readonly spec: ServiceSpec;
  /** All numbers with their reasons. */
  readonly plan: ServicePlan;
  /** What the service is configured with in the cluster. */
  readonly contract: ServiceContract;
  /** What the container is limited to, memory in bytes. */
  readonly limits: WorkerModel['limits'];
  /** The container's environment, as far as Capstan sets it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Whether a worker or a service is a service. */
export function isService(planned: WorkerModel | ServiceModel): planned is ServiceModel {
  return planned.plan instanceof ServicePlan;
}

/** A Go app, as one of its uses needs it. */
export interface AppModel {
  /** Key of the image lock, argument of `capstan image build`. */
  readonly name: string;
  /** The app's folder, relative to the folder that the program runs in; absolute when Capstan brings it along. */
  readonly directory: string;
  /** Full name of the image without a tag. */
  readonly repository: string;
  /** What the app is. */
  readonly kind: AppKind;
  /** The brokers that this use talks to, `telemetry` and `adaptive`: the generated main brings them along. */
  readonly brokers: readonly AppClient[];
  /** Which function the generated main calls. */
  readonly handler: HandlerKind;
}

const workers = new WeakMap<IConstruct, () => WorkerModel>();
const services = new WeakMap<IConstruct, () => ServiceModel>();
const around = new WeakMap<IConstruct, () => AroundModel>();
const apps = new WeakMap<IConstruct, () => AppUse>();

/** Makes a construct appear as a worker in the model of its program. `describe` is called when the model is written. */
export function describeWorker(construct: IConstruct, describe: () => WorkerModel): void {
  workers.set(construct, describe);
}

/** The workers below a construct, in the order of the tree. */
export function workersOf(root: IConstruct): WorkerModel[] {
  return root.node.findAll().flatMap((construct) => workers.get(construct)?.() ?? []);
}

/** Makes a construct appear as a service in the model of its program. `describe` is called when the model is written. */
export function describeService(construct: IConstruct, describe: () => ServiceModel): void {
  services.set(construct, describe);
}

/** The services below a construct, in the order of the tree. */
export function servicesOf(root: IConstruct): ServiceModel[] {
  return root.node.findAll().flatMap((construct) => services.get(construct)?.() ?? []);
}

/** Makes a program that others made appear in the model of the one that plans it. `describe` is called when the model is written. */
export function describeAround(construct: IConstruct, describe: () => AroundModel): void {
  around.set(construct, describe);
}

/** The programs below a construct that `Worker.around` plans, in the order of the tree. */
export function aroundOf(root: IConstruct): AroundModel[] {
  return root.node.findAll().flatMap((construct) => around.get(construct)?.() ?? []);
}

/** Makes the app of a construct that is neither worker nor service known to the `capstan` command, which then builds its image. */
export function describeApp(construct: IConstruct, describe: () => AppUse): void {
  apps.set(construct, describe);
}

/** What constructs that are neither workers nor services use Go apps for, below a construct, in the order of the tree. */
export function appsOf(root: IConstruct): AppUse[] {
  return root.node.findAll().flatMap((construct) => apps.get(construct)?.() ?? []);
}
