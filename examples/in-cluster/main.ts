import { CapstanApp, NetworkAccess, Rbac, refine, remove, set } from 'capstan';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, type IServiceAccount, Job, k8s, ServiceAccount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';

const NAMESPACE = 'in-cluster';
const CREATOR = { app: 'creator' };
const SELECTOR = { app: 'my-app' };
const PORT = 8080;
const NOBODY = 65532;

/** What the Pod and the pods of the Deployment run. */
function podSpec(): k8s.PodSpec {
  return {
    automountServiceAccountToken: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: NOBODY,
      runAsGroup: NOBODY,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'my-container',
        image: 'my-image',
        ports: [{ containerPort: PORT, protocol: 'TCP' }],
        readinessProbe: { tcpSocket: { port: k8s.IntOrString.fromNumber(PORT) } },
        resources: {
          requests: { cpu: k8s.Quantity.fromString('100m'), memory: k8s.Quantity.fromString('64Mi') },
          limits: { memory: k8s.Quantity.fromString('64Mi') },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  };
}

/** The three objects as manifests: one way to create them. */
function addObjects(chart: Construct): void {
  new k8s.KubePod(chart, 'pod', { metadata: { name: 'my-pod' }, spec: podSpec() });
  new k8s.KubeService(chart, 'service', {
    metadata: { name: 'my-service' },
    spec: {
      selector: SELECTOR,
      ports: [{ protocol: 'TCP', port: 80, targetPort: k8s.IntOrString.fromNumber(PORT) }],
    },
  });
  new k8s.KubeDeployment(chart, 'deployment', {
    metadata: { name: 'my-deployment' },
    spec: {
      replicas: 3,
      selector: { matchLabels: SELECTOR },
      template: { metadata: { labels: SELECTOR }, spec: podSpec() },
    },
  });
}

/** The other way: a Job whose Go program (app/) creates the same three, and may do nothing else. */
function addCreator(chart: Construct): void {
  const account = new ServiceAccount(chart, 'account', {
    metadata: { name: 'creator' },
    automountToken: false,
  });
  const job = new Job(chart, 'creator', {
    metadata: { name: 'creator' },
    podMetadata: { labels: CREATOR },
    // Its class fits its own interface only without exactOptionalPropertyTypes.
    serviceAccount: account as IServiceAccount,
    activeDeadline: Duration.minutes(10),
    backoffLimit: 3,
    securityContext: { user: NOBODY, group: NOBODY, fsGroup: NOBODY, ensureNonRoot: true },
    containers: [
      {
        name: 'creator',
        image: 'in-cluster-creator:1.0',
        envVariables: { CREATOR_DEADLINE: { value: '2m' } },
        resources: {
          cpu: { request: Cpu.millis(50), limit: Cpu.millis(500) },
          memory: { request: Size.mebibytes(64), limit: Size.mebibytes(64) },
        },
        securityContext: {
          user: NOBODY,
          group: NOBODY,
        },
      },
    ],
  });
  // The program ends with 2 when a right is missing or its input is wrong: another try would end the same way.
  const isWrong = { action: 'FailJob', onExitCodes: { operator: 'In', values: [2] } };
  refine(
    job,
    set('/spec/podFailurePolicy', { rules: [isWrong] }),
    set('/spec/template/spec/containers/name=creator/securityContext/capabilities', { drop: ['ALL'] }),
    set('/spec/template/spec/securityContext/seccompProfile', { type: 'RuntimeDefault' }),
    // It follows from the place in the tree, and nothing selects by it.
    remove('/spec/template/metadata/labels/cdk8s.io~1metadata.addr'),
  );
  new NetworkAccess(job, 'network', { name: 'creator', pods: CREATOR });
  // What is not there yet has no name that a role could allow: the right to create is one for all of a kind.
  const rights = [
    { apiGroup: '', resource: 'pods', name: 'my-pod' },
    { apiGroup: '', resource: 'services', name: 'my-service' },
    { apiGroup: 'apps', resource: 'deployments', name: 'my-deployment' },
  ];
  new Rbac(chart, 'rights', {
    name: 'creator',
    subject: job,
    allow: rights.flatMap(({ apiGroup, resource, name }) => {
      const kind = { apiGroups: [apiGroup], resources: [resource] };
      return [
        { ...kind, verbs: ['create'] },
        { ...kind, names: [name], verbs: ['get', 'list', 'watch', 'patch'] },
      ];
    }),
  });
}

const app = new CapstanApp();
addObjects(new Chart(app, 'objects', { namespace: NAMESPACE }));
addCreator(new Chart(app, 'creator', { namespace: NAMESPACE }));
app.synth();
