import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Environment, type EnvironmentProps, type StatefulServiceProps } from '../../lib';
import {
  type Document,
  documentsOf,
  exampleApp,
  exampleChart,
  exampleWorker,
  find,
} from '../worker/example-worker';
import { restrictedViolations } from '../worker/pod-security';
import { exampleProps, exampleService, initContainer, serviceDocuments, sidecar } from './example-service';

const variants: [string, Partial<StatefulServiceProps>][] = [
  ['three members', {}],
  ['one member', { replicas: 1 }],
  ['sidecars and init containers', { sidecars: [sidecar], initContainers: [initContainer] }],
];

describe.each(variants)('with %s', (_, props) => {
  const documents = serviceDocuments(props);
  const set = find(documents, 'StatefulSet');
  const pod = set.spec.template.spec;
  const containers: Document[] = pod.containers;
  const services = documents.filter((it) => it.kind === 'Service');

  test('every selector selects the pods, by one label of ours', () => {
    const selectors = [
      set.spec.selector.matchLabels,
      find(documents, 'PodDisruptionBudget').spec.selector.matchLabels,
      find(documents, 'NetworkPolicy').spec.podSelector.matchLabels,
      ...services.map((service) => service.spec.selector),
      ...pod.topologySpreadConstraints.map((it: Document) => it.labelSelector.matchLabels),
    ];
    for (const selector of selectors) expect(selector).toEqual({ 'app.kubernetes.io/instance': 'ledger' });
    expect(set.spec.template.metadata.labels).toMatchObject(selectors[0]);
  });

  test('the pods are admitted under restricted, and every container says what it needs', () => {
    expect(restrictedViolations(pod)).toEqual([]);
    const named = ['cpu', 'ephemeral-storage', 'memory'];
    for (const { resources, securityContext } of [...containers, ...(pod.initContainers ?? [])]) {
      expect(Object.keys(resources.requests).sort()).toEqual(named);
      expect(Object.keys(resources.limits).sort()).toEqual(named);
      expect(resources.requests.memory).toBe(resources.limits.memory);
      expect(securityContext.readOnlyRootFilesystem).toBe(true);
    }
  });

  test('the StatefulSet is governed by the headless Service, where members are known before they are ready', () => {
    const headless = find(documents, 'Service', set.spec.serviceName);
    expect(headless.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
    expect(find(documents, 'Service', 'ledger').spec).not.toHaveProperty('publishNotReadyAddresses');
  });

  test('Services lead to named ports that some container listens on', () => {
    const ports = containers.flatMap((it) => it.ports.map((port: Document) => port.name));
    for (const service of services) {
      expect(service.spec).not.toHaveProperty('externalIPs');
      for (const port of service.spec.ports) expect(ports).toContain(port.targetPort);
    }
    const clients = find(documents, 'Service', 'ledger').spec.ports.map((port: Document) => port.name);
    expect(clients).toEqual(['client']);
  });

  test('every mount has a volume or a claim, and no volume hides a claim', () => {
    const volumes: string[] = pod.volumes.map((volume: Document) => volume.name);
    const claims: string[] = set.spec.volumeClaimTemplates.map((it: Document) => it.metadata.name);
    expect(volumes).toEqual(['config', 'scratch']);
    expect(claims).toEqual(['data']);
    for (const { volumeMounts } of [...containers, ...(pod.initContainers ?? [])]) {
      const names = volumeMounts.map((mount: Document) => mount.name);
      expect([...names].sort()).toEqual(['config', 'data', 'scratch']);
    }
  });

  test('claims are whole, as the API server stores them', () => {
    expect(set.spec.volumeClaimTemplates).toEqual([
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name: 'data' },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '10Gi' } },
          volumeMode: 'Filesystem',
        },
      },
    ]);
    expect(set.spec.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Retain',
    });
  });

  test('all three probes are there, differ, and ask a port that is listened on', () => {
    for (const { startupProbe, readinessProbe, livenessProbe, ports } of containers) {
      const probes = [startupProbe, readinessProbe, livenessProbe];
      const numbers = containers.flatMap((it) => it.ports.map((port: Document) => port.containerPort));
      for (const probe of probes) expect(numbers).toContain((probe.httpGet ?? probe.tcpSocket).port);
      expect(new Set(probes.map((it) => JSON.stringify(it))).size).toBe(3);
      expect(ports.length).toBeGreaterThan(0);
    }
  });
});

describe('the network', () => {
  const policy = find(serviceDocuments(), 'NetworkPolicy').spec;

  test('lets members call each other on the ports for peers alone, and everybody on the open ones', () => {
    const members = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'ledger' } } };
    expect(policy.ingress).toEqual([
      { from: [members], ports: [{ port: 7001, protocol: 'TCP' }] },
      { from: [{ namespaceSelector: {} }], ports: [{ port: 7002, protocol: 'TCP' }] },
    ]);
    expect(policy.egress.slice(1)).toEqual([{ to: [members], ports: [{ port: 7001, protocol: 'TCP' }] }]);
  });

  test('lets a client in once it is connected, which then knows the address', () => {
    const chart = exampleChart();
    const service = exampleService(chart);
    exampleWorker(chart, { connections: [service.connection()] });
    const documents = documentsOf(chart);
    const client = { podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'develop' } } };
    const rule = (peer: string) => ({ [peer]: [client], ports: [{ port: 7000, protocol: 'TCP' }] });
    expect(find(documents, 'NetworkPolicy', 'ledger').spec.ingress).toContainEqual(rule('from'));
    const { env } = find(documents, 'Deployment').spec.template.spec.containers[0];
    expect(env).toContainEqual({ name: 'LEDGER_ADDRESS', value: 'ledger.darkroom.svc:7000' });
  });
});

describe('addresses', () => {
  const service = exampleService(exampleChart());

  test('the service has one, and each member one of its own', () => {
    expect(service.endpoint()).toMatchObject({ host: 'ledger.darkroom.svc', port: 7000 });
    expect(service.podEndpoints('peer').map(({ host, port }) => `${host}:${port}`)).toEqual([
      'ledger-0.ledger-headless.darkroom.svc:7001',
      'ledger-1.ledger-headless.darkroom.svc:7001',
      'ledger-2.ledger-headless.darkroom.svc:7001',
    ]);
  });

  test('without a namespace they hold within the namespace', () => {
    expect(exampleService(exampleChart({})).endpoint('client').host).toBe('ledger');
  });

  test('fails for a port that clients do not call', () => {
    expect(() => service.endpoint('peer')).toThrow(
      /^darkroom\/ledger: port must be one of client, got peer\. /,
    );
    expect(() => service.volume('wal')).toThrow(/^darkroom\/ledger: volume must be one of data, got wal\. /);
  });
});

describe('volumes', () => {
  const claimIn = (environment: EnvironmentProps, storageClass?: string) => {
    const place = new Environment(exampleApp(), 'staging', environment);
    const chart = new Chart(place, 'darkroom', { namespace: place.namespace });
    const claim = { size: Size.gibibytes(1), path: '/data' };
    exampleService(chart, { claims: { data: { ...claim, ...(storageClass && { storageClass }) } } });
    return find(documentsOf(chart), 'StatefulSet').spec.volumeClaimTemplates[0].spec;
  };

  test('have the class of the claim, of the environment, or of its cloud', () => {
    expect(claimIn({ cloud: 'gcp' }).storageClassName).toBe('standard-rwo');
    expect(claimIn({ cloud: 'gcp', storageClass: 'slow' }).storageClassName).toBe('slow');
    expect(claimIn({ cloud: 'gcp', storageClass: 'slow' }, 'fast').storageClassName).toBe('fast');
    expect(claimIn({})).not.toHaveProperty('storageClassName');
  });

  test('can be kept or given up with the service, or with a member', () => {
    const { spec } = find(serviceDocuments({ retention: { whenScaled: 'delete' } }), 'StatefulSet');
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({
      whenDeleted: 'Retain',
      whenScaled: 'Delete',
    });
  });

  test('a service without claims has none', () => {
    const { spec } = find(serviceDocuments({ claims: {} }), 'StatefulSet');
    expect(spec).not.toHaveProperty('volumeClaimTemplates');
    expect(spec).not.toHaveProperty('persistentVolumeClaimRetentionPolicy');
  });

  test('are found by containers that the program adds', () => {
    const chart = exampleChart();
    const service = exampleService(chart);
    service.statefulSet.addContainer({
      name: 'backup',
      image: 'backup:1',
      volumeMounts: [{ path: '/data', volume: service.volume('data') }],
    });
    const { spec } = find(documentsOf(chart), 'StatefulSet').spec.template;
    expect(spec.containers[1].volumeMounts).toEqual([{ mountPath: '/data', name: 'data' }]);
    expect(spec.volumes.map((it: Document) => it.name)).toEqual(['config', 'scratch']);
  });
});

describe('members are replaced', () => {
  const specOf = (props: Partial<StatefulServiceProps>) => find(serviceDocuments(props), 'StatefulSet').spec;

  test('one at a time, all of them, once they have stayed ready', () => {
    expect(specOf({})).toMatchObject({
      podManagementPolicy: 'Parallel',
      minReadySeconds: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
    });
  });

  test('from an ordinal on, in order, and with time to end', () => {
    const props = {
      update: { partition: 2 },
      podManagement: 'ordered',
      minReady: Duration.seconds(3),
      gracePeriod: Duration.minutes(2),
    } as const;
    const spec = specOf(props);
    expect(spec).toMatchObject({
      podManagementPolicy: 'OrderedReady',
      minReadySeconds: 3,
      updateStrategy: { rollingUpdate: { partition: 2 } },
    });
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(120);
  });

  test('several at a time where every cluster heeds it', () => {
    const place = new Environment(exampleApp(), 'new', { kubernetes: { oldest: '1.37' } });
    const chart = new Chart(place, 'darkroom', { namespace: place.namespace });
    exampleService(chart, { replicas: 5, update: { maxUnavailable: 2 } });
    expect(place.node.findAll().flatMap((it) => it.node.validate())).toEqual([]);
    const { updateStrategy } = find(documentsOf(chart), 'StatefulSet').spec;
    expect(updateStrategy.rollingUpdate.maxUnavailable).toBe(2);
  });
});

test('no node gets a second member before the others have their first', () => {
  const constraints = find(serviceDocuments(), 'StatefulSet').spec.template.spec.topologySpreadConstraints;
  expect(constraints[1]).toMatchObject({
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'DoNotSchedule',
    nodeTaintsPolicy: 'Honor',
  });
});

test('the plan explains every figure', () => {
  const lines = exampleService(exampleChart()).plan.explain().split('\n');
  expect(lines).toHaveLength(14);
  for (const line of lines) expect(line).toMatch(/^\w+ +\S+ .*\S {2}\S/);
  expect(lines.join('\n')).toContain('3 members − the 2 of the quorum = 1 pod');
  expect(exampleProps.replicas).toBe(3);
});
