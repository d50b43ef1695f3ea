import { ApiObject, Chart, Lazy } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import { formatProblem } from '../plan/problem';
import { requireProps } from '../shape/require-shape';
import { checkEgress, checkIngress } from './check-rules';
import type { Endpoint } from './endpoint';
import type { Egress, Ingress } from './peer';
import { DNS_RULE, egressRule, ingressRule } from './policy-rules';

/** Properties of {@link NetworkAccess}. */
export interface NetworkAccessProps {
  /** Labels of the pods that it is about: all pods of its namespace that have them. */
  readonly pods: Readonly<Record<string, string>>;
  /**
   * Name of the NetworkPolicy.
   * @default the id of the construct
   */
  readonly name?: string;
  /**
   * Labels of the NetworkPolicy.
   * @default the chart's
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Who may call the pods.
   * @default nobody but the node's probes, until {@link NetworkAccess.allowFrom} or a caller's
   * {@link NetworkAccess.allowCall} adds somebody
   */
  readonly ingress?: readonly Ingress[];
  /**
   * What the pods may call.
   * @default nothing, until {@link NetworkAccess.allowTo} or {@link NetworkAccess.allowCall} adds something
   */
  readonly egress?: readonly Egress[];
  /**
   * Whether the pods may ask for names.
   * @default true
   */
  readonly dns?: boolean;
  /**
   * The construct whose own properties the rules are: mistakes in them are listed under its path.
   * @default the NetworkAccess itself
   */
  readonly owner?: IConstruct;
}

/**
 * Closes pods but for what is named, in both directions, as one NetworkPolicy. Policies of one pod add up, so what
 * other policies open, such as those of cdk8s-plus' `connections`, stays open. Probes come from the node, which a
 * policy does not keep out.
 *
 * ```ts
 * const access = new NetworkAccess(this, 'resize', {
 *   pods: { app: 'resize' },
 *   ingress: [{ all: 'namespace', ports: [8080] }],
 *   egress: [{ cidr: '203.0.113.0/24', ports: [443] }],
 * });
 * access.allowTo({ pods: { app: 'catalog' }, ports: [5432] });
 * ```
 *
 * A mistake in a rule does not throw here: it is listed with all others when the tree is synthesized.
 */
export class NetworkAccess extends Construct {
  /** The NetworkPolicy. */
  readonly policy: ApiObject;
  /** Labels of the pods that it is about. */
  readonly pods: Readonly<Record<string, string>>;
  /** The namespace of the pods; `undefined` when the chart names none. */
  readonly namespace: string | undefined;
  private readonly ingress: Ingress[];
  private readonly egress: Egress[];
  private readonly allowsDns: boolean;

  constructor(scope: Construct, id: string, props: NetworkAccessProps) {
    requireProps('NetworkAccess', { scope, id, isSubclass: new.target !== NetworkAccess }, props);
    super(scope, id);
    this.pods = props.pods;
    this.namespace = Chart.of(this).namespace;
    this.ingress = [...(props.ingress ?? [])];
    this.egress = [...(props.egress ?? [])];
    this.allowsDns = props.dns ?? true;
    const { labels } = props;
    this.policy = new ApiObject(this, 'Resource', {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: props.name ?? id, ...(labels !== undefined && { labels: { ...labels } }) },
      spec: Lazy.any({ produce: () => this.spec() }),
    });
    const validate = () => [...checkIngress(this.ingress), ...checkEgress(this.egress)].map(formatProblem);
    (props.owner ?? this).node.addValidation({ validate });
  }

  /** Lets somebody call the pods. The same rule twice counts once. */
  allowFrom(...ingress: readonly Ingress[]): this {
    addOnce(this.ingress, ingress);
    return this;
  }

  /** Lets the pods call something. The same rule twice counts once. */
  allowTo(...egress: readonly Egress[]): this {
    addOnce(this.egress, egress);
    return this;
  }

  /** Lets the pods call an endpoint, and opens the endpoint's own policy for them when Capstan knows it. */
  allowCall(endpoint: Endpoint): this {
    const { at, port, podPort } = endpoint;
    const ports = [podPort ?? port];
    if (!(at instanceof NetworkAccess)) return this.allowTo({ ...at, ports });
    at.allowFrom({ pods: this.pods, ports, ...this.namespaceSeenFrom(at) });
    return this.allowTo({ pods: at.pods, ports, ...at.namespaceSeenFrom(this) });
  }

  /** How this one's namespace is named in a policy of the other one; not at all when it is the same. */
  private namespaceSeenFrom(other: NetworkAccess) {
    if (this.namespace === other.namespace || this.namespace === undefined) return {};
    return { namespace: { 'kubernetes.io/metadata.name': this.namespace } };
  }

  /** An API server keeps no empty list of rules, so a manifest with one would never equal what it has. */
  private spec() {
    const egress = [...(this.allowsDns ? [DNS_RULE] : []), ...this.egress.map(egressRule)];
    const ingress = this.ingress.map(ingressRule);
    return {
      ...(egress.length > 0 && { egress }),
      ...(ingress.length > 0 && { ingress }),
      podSelector: { matchLabels: { ...this.pods } },
      policyTypes: ['Ingress', 'Egress'],
    };
  }
}

function addOnce<T>(rules: T[], added: readonly T[]): void {
  const known = new Set(rules.map((rule) => JSON.stringify(rule)));
  for (const rule of added) {
    const text = JSON.stringify(rule);
    if (!known.has(text)) rules.push(rule);
    known.add(text);
  }
}
