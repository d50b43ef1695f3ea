import { type Connection, type NetworkAccess, refine, remove, restrict, set } from 'capstan';
import {
  type ContainerProps,
  Deployment,
  FsGroupChangePolicy,
  type IServiceAccount,
  k8s,
  LabelSelector,
  Pod,
  Service,
  ServiceAccount,
  type ServiceProps,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

const POD = '/spec/template/spec';
const USER = 65_532;

/** What an article says about its Deployment. */
export interface ArticleDeployment {
  readonly replicas: number;
  readonly container: ContainerProps;
}

/**
 * A Deployment as an article has it: its pods carry the label `app`. Around it stands what articles leave out: an
 * account without a token, Pod Security *restricted*, spread over nodes and zones, and a bound for node drains.
 */
export function articleDeployment(scope: Construct, name: string, article: ArticleDeployment): Deployment {
  const labels = { app: name };
  const account = new ServiceAccount(scope, 'Account', { metadata: { name, labels }, automountToken: false });
  const deployment = new Deployment(scope, 'Deployment', {
    metadata: { name, labels },
    podMetadata: { labels },
    replicas: article.replicas,
    containers: [article.container],
    select: false,
    serviceAccount: account as IServiceAccount,
    automountServiceAccountToken: false,
    securityContext: {
      user: USER,
      group: USER,
      fsGroup: USER,
      fsGroupChangePolicy: FsGroupChangePolicy.ON_ROOT_MISMATCH,
    },
  });
  deployment.select(LabelSelector.of({ labels }));
  // cdk8s-plus derives it from the path, so that moving the construct would replace the pods.
  deployment.podMetadata.addLabel(Pod.ADDRESS_LABEL, name);
  restrict(deployment);
  refine(
    deployment,
    set(`${POD}/enableServiceLinks`, false),
    set(
      `${POD}/topologySpreadConstraints`,
      ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
        topologyKey,
        maxSkew: 1,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labels },
      })),
    ),
  );
  new k8s.KubePodDisruptionBudget(scope, 'DisruptionBudget', {
    metadata: { name, labels },
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      selector: { matchLabels: labels },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    },
  });
  return deployment;
}

/** A Service as an article has it: it finds its pods by the label `app`. */
export function articleService(scope: Construct, app: string, props: ServiceProps): Service {
  const service = new Service(scope, 'Service', props);
  service.selectLabel('app', app);
  // An empty list is a difference to GitOps, since the API server drops it.
  refine(service, remove('/spec/externalIPs'));
  return service;
}

/** Lets a Deployment's pods call a server, and tells them where it is. */
export function connect(deployment: Deployment, access: NetworkAccess, { endpoints, env }: Connection): void {
  for (const endpoint of endpoints) access.allowCall(endpoint);
  for (const [name, value] of Object.entries(env)) deployment.containers[0]?.env.addVariable(name, value);
}
