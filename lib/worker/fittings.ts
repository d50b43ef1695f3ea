import { ConfigMap, type EnvValue, type IConfigMap, type Service, type ServiceAccount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { WorkerContract } from '../contract/zz_worker.gen';
import { describeWorker, type WorkerModel } from '../model';
import type { Connection } from '../network/endpoint';
import type { NetworkAccess } from '../network/network-access';
import { formatProblem, type Problem } from '../plan/problem';
import type { AnyWorkerSpec } from '../plan/spec';
import type { AnyWorkerPlan } from '../plan/worker-plan';
import { isBroker, type TaskSource } from '../source';
import type { Tracing } from '../telemetry/telemetry';
import { checksum } from '../workload/checksum';
import { configurationText } from '../workload/configuration';
import { connectedEnvironment } from '../workload/connect';
import { findImage } from '../workload/image';
import { workloadLabels } from '../workload/labels';
import { metricsService } from '../workload/metrics-service';
import { type Placement, placementOf } from '../workload/placement';
import { limitsOf } from '../workload/resources';
import { workloadAccount } from '../workload/service-account';
import { workerNetwork } from './network';
import type { Site } from './site';
import type { TaskPodProps } from './task-pod-props';
import { numberProblems, originOf } from './task-profile';

/** What the fittings of a worker are made from, whatever its form is. */
export interface FittingsInput {
  readonly site: Site;
  readonly tracing: Tracing;
  readonly props: TaskPodProps;
  /** Where tasks come from: one source of all pods, or one for each shard. */
  readonly sources: readonly TaskSource[];
  readonly spec: AnyWorkerSpec;
  readonly plan: AnyWorkerPlan;
  /** Configurations of the pods by name of the file. */
  readonly contracts: Readonly<Record<string, WorkerContract>>;
  /** The configuration that `capstan run` goes by. */
  readonly contract: WorkerContract;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is wrong with the props, apart from what the plan and the fittings find. */
  readonly problems: readonly Problem[];
}

/** What the pods of a worker refer to, whatever its form is. */
export interface Fittings {
  readonly name: string;
  readonly labels: Record<string, string>;
  /** `name:tag@sha256:…`. */
  readonly image: string;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of what the worker is connected to. */
  readonly connectedEnv: Readonly<Record<string, EnvValue>>;
  readonly config: IConfigMap;
  /** Changes with the configuration. */
  readonly configChecksum: string;
  readonly serviceAccount: ServiceAccount;
  readonly placement: Placement;
  readonly connections: readonly Connection[];
  readonly tracing: Tracing;
}

/**
 * Makes what the pods of a worker refer to (their identity and their configuration), reports what is wrong, and makes
 * the worker known to the `capstan` command and to the shared resources that it uses.
 */
export function fitOut(worker: Construct, input: FittingsInput): Fittings {
  const { site, props, plan, environment } = input;
  const goApp = props.app.reference(site.registry);
  const image = findImage(goApp, site.app);
  const placement = placementOf(worker, props);
  const connections = connectionsOf(input);
  const connected = connectedEnvironment(connections);
  const problems = [
    ...input.problems,
    ...numberProblems(props.task, plan.problems),
    ...connected.problems,
    ...input.tracing.problems,
    ...placement.problems,
    ...props.app.problemsAs('worker'),
    ...image.problems,
  ];
  worker.node.addValidation({ validate: () => problems.map(formatProblem) });
  for (const [index, use] of plan.downstream.entries()) {
    props.downstream?.[index]?.claim?.({ path: worker.node.path, peak: use.peak.value });
  }
  describeWorker(worker, () => modelOf(worker, input));

  const { name } = plan;
  const labels = workloadLabels(worker, name, goApp.name);
  const texts = Object.entries(input.contracts).map(([file, contract]) => [
    file,
    configurationText(contract),
  ]);
  const data: Record<string, string> = Object.fromEntries(texts);
  return {
    name,
    labels,
    image: image.reference,
    environment,
    connectedEnv: connected.env,
    serviceAccount: workloadAccount(worker, { name, labels, placement }),
    // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
    config: new ConfigMap(worker, 'Config', { metadata: { name, labels }, data }) as IConfigMap,
    configChecksum: checksum(Object.values(data).join('')),
    placement,
    connections,
    tracing: input.tracing,
  };
}

/** What stands around the pods of a worker, whatever its form is. */
export interface Surroundings {
  readonly network: NetworkAccess;
  readonly metrics: Service;
}

/**
 * Closes the pods but for what they need, and makes their metrics known.
 *
 * @param takesTasks whether tasks are pushed to the pods
 */
export function surround(
  worker: Construct,
  { name, labels, placement, connections }: Fittings,
  { egress }: Pick<TaskPodProps, 'egress'>,
  takesTasks: boolean,
): Surroundings {
  const network = workerNetwork(worker, {
    name,
    labels,
    takesTasks,
    egress: [...(egress ?? []), ...placement.egress],
    connections,
  });
  return { network, metrics: metricsService(worker, { name, labels }) };
}

function connectionsOf({ sources, props, tracing }: FittingsInput): Connection[] {
  const { connections = [], downstream = [] } = props;
  return [
    ...sources.filter(isBroker).map(({ connection }) => connection),
    ...connections,
    ...downstream.flatMap(({ connection }) => connection ?? []),
    ...tracing.connections,
  ];
}

function modelOf(
  worker: Construct,
  { site, props, spec, plan, contract, environment }: FittingsInput,
): WorkerModel {
  const origin = originOf(props.task);
  return {
    path: worker.node.path,
    name: plan.name,
    ...(site.place !== undefined && { environmentName: site.place.name }),
    app: props.app.describe(site.registry, contract.source, contract),
    spec,
    plan,
    contract,
    limits: limitsOf(plan.figures),
    environment,
    ...(origin?.inputs !== undefined && { profile: { file: origin.file, inputs: origin.inputs } }),
  };
}
