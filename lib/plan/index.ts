/**
 * Pure maths of workers and services: from one plain spec to every number in and around its pods, each with its reason. Imports
 * nothing outside this folder and runs in a browser.
 *
 * @packageDocumentation
 */

export { Autoscaler } from './autoscaler/autoscaler';
export type {
  Conditions,
  Decision,
  Observation,
  PodGroup,
  PodSamples,
  Reading,
} from './autoscaler/observation';
export {
  type ReadAutoscaler,
  type RefusedAutoscaler,
  readAutoscaler,
  type SoundAutoscaler,
} from './autoscaler/read-autoscaler';
export { playScenario } from './autoscaler/scenario/play';
export {
  type ReadScenario,
  type RefusedScenario,
  readScenario,
  type SoundScenario,
} from './autoscaler/scenario/read-scenario';
export type { Scenario, ScenarioRow } from './autoscaler/scenario/scenario';
export type { AutoscalerSettings } from './autoscaler/settings';
export type {
  AutoscalerSpec,
  MetricSource,
  MetricSpec,
  MetricTarget,
  ScalingPolicy,
  ScalingRules,
} from './autoscaler/spec';
export type { Amounts } from './capacity/amounts';
export type { Labels, Requirement, Selector } from './capacity/labels';
export { allocatableOf, MACHINES, type Machine } from './capacity/machines';
export { type CapacityNode, type CapacityPool, type CapacityTaint, nodesOf } from './capacity/node';
export { type Packing, type PackOptions, pack } from './capacity/pack';
export { leastScore, type PlacementType, placementScore } from './capacity/placement';
export { type CapacityOptions, planCapacity } from './capacity/plan-capacity';
export type {
  CapacityPod,
  HostPort,
  NodeTerm,
  PodTemplate,
  PodTerm,
  SpreadConstraint,
  Toleration,
  Weighted,
} from './capacity/pod';
export type { PriceList } from './capacity/prices';
export { capacityProblems } from './capacity/problems';
export type {
  CapacityCost,
  CapacityReport,
  Misfit,
  PoolReport,
  ResourceUse,
} from './capacity/report';
export type { PendingPod } from './capacity/scheduler';
export { STRATEGIES, type Strategy } from './capacity/strategy';
export { capacityText } from './capacity/text';
export { type CapacityWorkload, podsOf } from './capacity/workload';
export { PREFETCH_FACTOR } from './fetch';
export { type Figure, formatFigure } from './figure';
export {
  type AnyFigures,
  type DownstreamUse,
  FIGURE_NAMES,
  type FigureName,
  type Figures,
  type JobFigures,
  type PodFigures,
  type ShardFigures,
} from './figures';
export { formatQuantity } from './format';
export { planJob } from './job/plan-job';
export { parseLoadCsv } from './load/csv';
export {
  type Burst,
  burstLoad,
  constantLoad,
  type DailyCurve,
  dailyLoad,
  rampLoad,
} from './load/curves';
export { expectedTasks, type Load, LoadReader, rateAt } from './load/load';
export { parsePrometheusRange } from './load/prometheus';
export { type Bend, type BendCause, findBend } from './measure/bend';
export { fitTasks, type TaskFit } from './measure/fit-tasks';
export type { Interval } from './measure/interval';
export type { MeasuredMachine, MeasuredNumbers, MeasuredProfile } from './measure/profile';
export { type ReadProfile, readProfile, type UsedProfile } from './measure/read-profile';
export type { MeasuredRun } from './measure/run';
export { planAny } from './plan-any';
export { planWorker } from './plan-worker';
export { formatProblem, type Problem } from './problem';
export { backlogAfter, drainSeconds } from './queueing/backlog';
export { erlangB, erlangC } from './queueing/erlang';
export { type Queue, type QueueWait, queueWait } from './queueing/queue';
export { lognormalSigma, variationOf } from './queueing/service-time';
export { utilizationFor, type WaitObjective } from './queueing/target';
export { SERVICE_FIGURE_NAMES, type ServiceFigureName, type ServiceFigures } from './service/figures';
export { planService } from './service/plan-service';
export { ServicePlan, type ServicePlanData } from './service/service-plan';
export type { RequestSpec, ServiceScaleSpec, ServiceSignal, ServiceSpec } from './service/spec';
export { planShards } from './shards/plan-shards';
export {
  type BandOptions,
  type BandStep,
  type SimulationBand,
  simulateBand,
  type WorkerBand,
} from './simulate/band';
export {
  type Moment,
  type MomentKind,
  type Simulation,
  type SimulationStep,
  type SimulationTotals,
  STEP_UNITS,
  type WorkerSimulation,
} from './simulate/outcome';
export { type OutsideBand, outsideBand, type SeenStep } from './simulate/outside-band';
export type { SignalKind, SimulatedNodes, SimulateSettings, WorkerProfile } from './simulate/settings';
export { type Loads, simulate } from './simulate/simulate';
export type { Range, Uncertainty } from './simulate/uncertainty';
export type { Arrivals } from './simulation/arrivals';
export { type TaskDuration, variationOfDuration } from './simulation/duration';
export type { PodCpu } from './simulation/pod-cpu';
export { Random } from './simulation/random';
export { type PodOutcome, type PodScenario, type PodTask, simulatePod } from './simulation/simulate-pod';
export {
  type PodChange,
  type PoolOutcome,
  type PoolScenario,
  simulatePool,
} from './simulation/simulate-pool';
export { type Estimate, WaitStatistics } from './simulation/statistics';
export type {
  AnyWorkerSpec,
  BudgetCalls,
  ClusterSpec,
  DownstreamBudget,
  HeldTasksSpec,
  JobRunSpec,
  JobScheduleSpec,
  JobSpec,
  ResourcesSpec,
  RolloutSpec,
  ScaleSpec,
  ShardedSpec,
  ShutdownSpec,
  SourceSpec,
  TaskPodSpec,
  TaskSpec,
  WorkerSpec,
} from './spec';
export type { NatsFigures } from './stateful/nats';
export type { StreamRetention } from './stateful/nats-stream';
export { planStateful } from './stateful/plan-stateful';
export type {
  StatefulCpuSpec,
  StatefulResourcesSpec,
  StatefulSpec,
  StatefulUpdateSpec,
} from './stateful/spec';
export {
  type NoFigures,
  type OwnFigures,
  STATEFUL_FIGURE_NAMES,
  type StatefulFigureName,
  type StatefulFigures,
  StatefulPlan,
  type StatefulPlanData,
} from './stateful/stateful-plan';
export type { Unit } from './unit';
export { type AnyWorkerPlan, WorkerPlan, type WorkerPlanData } from './worker-plan';
