import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { AGENTS_NAMESPACE, NAMESPACE } from '../../charts/places';
import {
  AppProject,
  ArgoApplication,
  ArgoApplicationSet,
  type ArgoPlace,
  type ArgoRepository,
} from '../../lib';

/** Where Argo CD runs. */
export const ARGOCD_NAMESPACE = 'argocd';

/** Kinds outside of namespaces that Darkroom's manifests have. */
const CLUSTER_KINDS = [{ kind: 'Namespace' }, { group: 'scheduling.k8s.io', kind: 'PriorityClass' }];

/** Places with a cluster of their own, by the name under which Argo CD knows it. */
const PLACES: readonly ArgoPlace[] = [
  { name: 'dev', path: 'dist/dev' },
  { name: 'staging', path: 'dist/staging', cluster: 'staging' },
  { name: 'production-aws', path: 'dist/production-aws', cluster: 'production-aws' },
  { name: 'production-gcp', path: 'dist/production-gcp', cluster: 'production-gcp' },
];

/** What differs between where Darkroom is delivered from and to, and where that is tried. */
export interface DeliveryProps {
  /** The repository that holds dist/ and deploy/. */
  readonly source: ArgoRepository;
  /**
   * Places with a cluster of their own.
   * @default dev in Argo CD's own cluster, staging and production in theirs
   */
  readonly places?: readonly ArgoPlace[];
}

/** How Argo CD delivers Darkroom: each folder of dist/ to its cluster, and the one of the edge to each site. */
export class Delivery extends Chart {
  constructor(scope: Construct, id: string, { source, places = PLACES }: DeliveryProps) {
    super(scope, id, { namespace: ARGOCD_NAMESPACE, labels: { 'app.kubernetes.io/part-of': 'darkroom' } });
    const project = new AppProject(this, 'darkroom', {
      description: 'A pipeline for photos.',
      repositories: [source.repository],
      // Sites at the edge come and go: any cluster, but two namespaces only.
      destinations: [{ cluster: '*', namespaces: [NAMESPACE, AGENTS_NAMESPACE] }],
      clusterKinds: CLUSTER_KINDS,
    });
    new ArgoApplicationSet(this, 'places', {
      project,
      name: 'darkroom',
      source,
      each: { kind: 'places', places },
    });
    new ArgoApplicationSet(this, 'edge', {
      project,
      name: 'darkroom-edge',
      source,
      each: { kind: 'clusters', labels: { 'example.com/site': 'edge' }, path: 'dist/edge' },
    });
    // Applied once by hand; from then on this folder is kept by Argo CD as well.
    const own = new AppProject(this, 'delivery', {
      name: 'darkroom-delivery',
      description: 'What Argo CD is told to deliver.',
      repositories: [source.repository],
      destinations: [{ namespaces: [ARGOCD_NAMESPACE] }],
    });
    new ArgoApplication(this, 'delivery-app', {
      project: own,
      name: 'darkroom-delivery',
      source: { ...source, path: 'deploy/argocd/manifests' },
    });
  }
}
