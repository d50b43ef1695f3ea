import { Chart } from 'cdk8s';
import {
  ConfigMap,
  type IConfigMap,
  type IServiceAccount,
  type Service,
  type ServiceAccount,
  type StatefulSet,
  Volume,
  type VolumeMount,
} from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { appSettingsOf } from '../app-settings';
import { Environment } from '../environment/environment';
import type { Connection, Endpoint } from '../network/endpoint';
import type { NetworkAccess } from '../network/network-access';
import { formatProblem, type Problem } from '../plan/problem';
import { planStateful } from '../plan/stateful/plan-stateful';
import {
  type NoFigures,
  type OwnFigures,
  type StatefulFigures,
  StatefulPlan,
} from '../plan/stateful/stateful-plan';
import { requireProps } from '../shape/require-shape';
import { checksum } from '../workload/checksum';
import { connectedEnvironment } from '../workload/connect';
import { disruptionBudget } from '../workload/disruption-budget';
import { workloadLabels } from '../workload/labels';
import { CONFIG_VOLUME } from '../workload/names';
import { placementOf } from '../workload/placement';
import { scratchVolume } from '../workload/runtime-volumes';
import { workloadAccount } from '../workload/service-account';
import { Addresses } from './addresses';
import { checkStateful } from './check';
import { claimRefinements, claimVolumes, mountClaims } from './claims';
import { type ContainerSurroundings, initContainer, serverContainer, sidecarContainer } from './containers';
import { statefulNetwork } from './network';
import { statefulPods } from './pods';
import type { StatefulServiceProps } from './props';
import { clientService, headlessService } from './services';
import { statefulSpec } from './spec';

/**
 * A server whose members have names and volumes of their own: a StatefulSet with everything around it. The id is the
 * name of the objects; moving the construct in the tree changes nothing that a cluster keeps.
 *
 * ```ts
 * const search = new StatefulService(this, 'search', {
 *   image: 'getmeili/meilisearch:v1.24.0',
 *   replicas: 1,
 *   ports: [{ name: 'http', number: 7700 }],
 *   claims: { data: { size: Size.gibibytes(10), path: '/meili_data' } },
 *   resources: { cpu: { request: Cpu.millis(500) }, memory: Size.gibibytes(1) },
 *   probes: { readiness: Probe.fromHttpGet('/health', { port: 7700 }) },
 * });
 * search.plan.explain();
 * ```
 *
 * Props of another type throw a SpecError. Any other mistake in them does not throw here: it is listed with all others
 * when the tree is synthesized.
 */
export class StatefulService<Own extends OwnFigures = NoFigures> extends Construct {
  /** Every number of the service with its reason. */
  readonly plan: StatefulPlan<Own>;
  /** The pods. */
  readonly statefulSet: StatefulSet;
  /** A name in DNS for each member. */
  readonly headless: Service;
  /** Where clients find a member that is ready; none when no port is theirs. */
  readonly service: Service | undefined;
  /** The identity of the pods; no token is mounted. */
  readonly serviceAccount: ServiceAccount;
  /** What the members may call, and who may call them. */
  readonly network: NetworkAccess;
  /** The configuration files; none when none are given. */
  readonly config: ConfigMap | undefined;
  private readonly addresses: Addresses;
  private readonly claimVolumes: ReadonlyMap<string, Volume>;

  constructor(scope: Construct, id: string, props: StatefulServiceProps<Own>) {
    requireProps('StatefulService', { scope, id, isSubclass: new.target !== StatefulService }, props);
    super(scope, id);
    const { ports, sidecars = [], claims = {}, connections = [], config, egress = [] } = props;
    const cluster = Environment.find(this)?.kubernetes ?? appSettingsOf(this).cluster;
    const placement = placementOf(this, props);
    const { figures, problems } = planStateful(statefulSpec(id, props, cluster));
    const own = { ...figures, ...props.figures } as StatefulFigures & Own;
    this.plan = new StatefulPlan({ name: id, figures: own, problems });
    const connected = connectedEnvironment(connections);
    this.report([...checkStateful(id, props), ...problems, ...connected.problems, ...placement.problems]);

    const labels = workloadLabels(this, id, props.app ?? id);
    const metadata = { name: id, labels };
    const common = { ...metadata, ports: [...ports, ...sidecars.flatMap((it) => it.ports ?? [])] };
    const { path } = this.node;
    const { namespace } = Chart.of(this);
    this.addresses = new Addresses({ ...common, path, namespace, replicas: figures.replicas.value });
    this.claimVolumes = claimVolumes(this, claims);
    this.config = config && new ConfigMap(this, 'Config', { metadata, data: { ...config.files } });
    this.serviceAccount = workloadAccount(this, { ...metadata, placement });
    this.headless = headlessService(this, common);
    this.service = clientService(this, common);
    this.statefulSet = statefulPods(this, {
      ...{ name: id, labels, figures, props, headless: this.headless },
      ...this.containers({ ...props, env: { ...connected.env, ...props.env } }, figures),
      // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
      serviceAccount: this.serviceAccount as IServiceAccount,
      configChecksum: config && checksum(JSON.stringify(config.files)),
      placement,
      refinements: claimRefinements(this, claims, props.retention),
    });
    disruptionBudget(this, {
      ...common,
      maxUnavailable: figures.pdbMaxUnavailable.value,
      // Members that recover are left alone while the others are fewer than have to be there.
      unhealthyPods: 'IfHealthyBudget',
    });
    this.network = statefulNetwork(this, {
      ...common,
      egress: [...placement.egress, ...egress],
      connections,
    });
  }

  /**
   * A port that clients call, at any member that is ready.
   *
   * @param port name of the port
   * @default the first one that clients call
   * @throws Error when clients call no such port
   */
  endpoint(port?: string): Endpoint {
    return this.addresses.endpoint(this.network, port);
  }

  /**
   * A port of each member, in the order of their ordinals: `search-0.search-headless.studio.svc`.
   *
   * @param port name of the port, which may be one for members alone
   * @default the first one that clients call
   * @throws Error when there is no such port
   */
  podEndpoints(port?: string): Endpoint[] {
    return this.addresses.podEndpoints(this.network, port);
  }

  /**
   * What a workload needs to call the service: its policy is opened for the workload, which gets a variable
   * `SEARCH_ADDRESS` with host and port for the first port that clients call, and `SEARCH_ADMIN_ADDRESS` for a
   * further one named `admin`.
   */
  connection(): Connection {
    return this.addresses.connection(this.network);
  }

  /**
   * The volume of a claim, for containers that are added to {@link statefulSet}.
   *
   * @throws Error when there is no such claim
   */
  volume(claim: string): Volume {
    const found = this.claimVolumes.get(claim);
    if (found !== undefined) return found;
    const known = [...this.claimVolumes.keys()].join(', ');
    throw new Error(
      `${this.node.path}: volume must be one of ${known}, got ${claim}. Add it to claims, or correct its name.`,
    );
  }

  /** Lists problems of a preset with those of the service. */
  protected report(problems: readonly Problem[]): void {
    this.node.addValidation({ validate: () => problems.map(formatProblem) });
  }

  private containers(props: StatefulServiceProps<Own>, figures: StatefulFigures) {
    const { claims = {}, sidecars = [], initContainers = [] } = props;
    const paths = Object.fromEntries(Object.entries(claims).map(([name, { path }]) => [name, path]));
    const surroundings = this.surroundings(props, figures);
    return {
      containers: [
        serverContainer(props, figures, paths, surroundings),
        ...sidecars.map((it) => sidecarContainer(it, surroundings)),
      ],
      initContainers: initContainers.map((it) => initContainer(it, surroundings)),
    };
  }

  /** What every container of the pods has around it. */
  private surroundings(
    { user, config }: Pick<StatefulServiceProps, 'user' | 'config'>,
    { scratch }: StatefulFigures,
  ): ContainerSurroundings {
    const mounts: VolumeMount[] = [scratchVolume(this, scratch.value)];
    if (config !== undefined) {
      const name = CONFIG_VOLUME;
      const files = Volume.fromConfigMap(this, 'ConfigVolume', this.config as IConfigMap, { name });
      mounts.unshift({ path: config.path, readOnly: true, volume: files });
    }
    return { user, mounts, mountClaims: (paths) => mountClaims(this.claimVolumes, paths) };
  }
}
