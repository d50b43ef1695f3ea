import { describe, expect, test } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import type { NatsClusterProps } from '../../../lib';
import { type Document, documentsOf, exampleChart, exampleWorker, find } from '../../worker/example-worker';
import { restrictedViolations } from '../../worker/pod-security';
import { clusterDocuments, exampleCluster } from './example-cluster';

function setOf(props: Partial<NatsClusterProps> = {}): Document {
  return find(clusterDocuments(props), 'StatefulSet', 'broker').spec;
}

function configurationOf(props: Partial<NatsClusterProps> = {}): string {
  return find(clusterDocuments(props), 'ConfigMap', 'broker').data['nats.conf'];
}

const [server] = setOf().template.spec.containers;
const text = configurationOf();

describe('a NATS cluster', () => {
  test('has servers that are admitted under restricted, and run as the image has them on its path', () => {
    expect(restrictedViolations(setOf().template.spec)).toEqual([]);
    expect(server.command).toEqual(['nats-server', '--config', '/etc/nats/nats.conf']);
    expect(server.image).toMatch(/^nats:2\.\d+-scratch$/);
  });

  test('keeps streams on the volume that each server has', () => {
    const mount = server.volumeMounts.find((it: Document) => it.name === 'data');
    expect(text).toContain(`store_dir: "${mount.mountPath}"`);
    expect(Number(/max_file_store: (\d+)/.exec(text)?.[1])).toBeLessThanOrEqual(0.8 * 10 * 2 ** 30);
  });

  test('writes what it acknowledges, unless the program says otherwise', () => {
    expect(text).toContain('sync_interval: always');
    expect(configurationOf({ sync: Duration.seconds(5) })).toContain('sync_interval: "5s"');
  });

  test('listens where its Services, probes and policies lead to', () => {
    const ports = Object.fromEntries(server.ports.map((it: Document) => [it.name, it.containerPort]));
    expect(text).toContain(`\nport: ${ports.client}\n`);
    expect(text).toContain(`\nhttp_port: ${ports.monitor}\n`);
    expect(text).toContain(`\n  port: ${ports.routes}\n`);
    for (const probe of [server.startupProbe, server.readinessProbe, server.livenessProbe]) {
      expect(probe.httpGet.port).toBe(ports.monitor);
    }
  });

  test('defines every variable that its configuration refers to, those from a Secret in front', () => {
    const names: string[] = server.env.map((it: Document) => it.name);
    for (const [, variable = ''] of text.matchAll(/\$(\w+)/g)) expect(names).toContain(variable);
    for (const [index, { value = '' }] of server.env.entries()) {
      for (const [, variable = ''] of value.matchAll(/\$\((\w+)\)/g)) {
        expect(names.slice(0, index)).toContain(variable);
      }
    }
  });

  test('is closed to all but the holders of a Secret', () => {
    const references = server.env.flatMap((it: Document) => it.valueFrom?.secretKeyRef ?? []);
    expect(references).toEqual([
      { name: 'broker-auth', key: 'user' },
      { name: 'broker-auth', key: 'password' },
    ]);
    expect(text.match(/authorization/g)).toHaveLength(2);
    expect(configurationOf({ auth: 'none' })).not.toContain('authorization');
  });

  test('takes the Secret and the keys that the program names', () => {
    const chart = exampleChart();
    const secret = Secret.fromSecretName(chart, 'Auth', 'nats-users');
    exampleCluster(chart, { auth: { secret, user: 'name', password: 'word' } });
    const { env } = find(documentsOf(chart), 'StatefulSet').spec.template.spec.containers[0];
    expect(env.flatMap((it: Document) => it.valueFrom?.secretKeyRef ?? [])).toEqual([
      { name: 'nats-users', key: 'name' },
      { name: 'nats-users', key: 'word' },
    ]);
  });

  test('has a route to each server by its own name', () => {
    const routes = server.env.filter((it: Document) => it.name.startsWith('NATS_ROUTE_'));
    expect(routes).toHaveLength(3);
    for (const [ordinal, { value }] of routes.entries()) {
      expect(value).toMatch(new RegExp(`@broker-${ordinal}\\.broker-headless\\.darkroom\\.svc:6222'$`));
    }
  });

  test('is no cluster with one server', () => {
    expect(configurationOf({ replicas: 1 })).not.toContain('cluster');
    const { env } = setOf({ replicas: 1 }).template.spec.containers[0];
    expect(env.some((it: Document) => it.name.startsWith('NATS_ROUTE_'))).toBe(false);
  });

  test('ends within the grace period, after its clients have been asked to leave', () => {
    const [, duck] = /lame_duck_duration: "(\d+)s"/.exec(text) ?? [];
    const [, grace] = /lame_duck_grace_period: "(\d+)s"/.exec(text) ?? [];
    const pod = setOf().template.spec;
    expect(Number(duck)).toBeLessThan(pod.terminationGracePeriodSeconds);
    expect(Number(grace)).toBeLessThan(Number(duck));
    const [, pid] = /pid_file: "(.*)"/.exec(text) ?? [];
    expect(server.lifecycle.preStop.exec.command).toEqual(['nats-server', '--signal', `ldm=${pid}`]);
    const long = { lameDuck: Duration.minutes(2) };
    expect(setOf(long).template.spec.terminationGracePeriodSeconds).toBe(150);
  });

  test('keeps the Go heap below the memory limit, and Go to the CPU limit', () => {
    const small = { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(128) };
    const env = (props: Partial<NatsClusterProps>) =>
      Object.fromEntries(
        setOf(props).template.spec.containers[0].env.map((it: Document) => [it.name, it.value]),
      );
    expect(Number(env({}).GOMEMLIMIT)).toBe(Math.floor(0.9 * 2 ** 31));
    expect(env({})).not.toHaveProperty('GOMAXPROCS');
    expect(env({ resources: small })).toMatchObject({ GOMAXPROCS: '1', GOMEMLIMIT: '120795955' });
  });

  test('lets in whom it is connected to, with its address and, by reference, its credentials', () => {
    const chart = exampleChart();
    const broker = exampleCluster(chart);
    exampleWorker(chart, { connections: [broker.connection()] });
    const documents = documentsOf(chart);
    const { env } = find(documents, 'Deployment').spec.template.spec.containers[0];
    expect(env).toEqual(
      expect.arrayContaining([
        { name: 'BROKER_URL', value: 'nats://broker.darkroom.svc:4222' },
        { name: 'BROKER_PASSWORD', valueFrom: { secretKeyRef: { name: 'broker-auth', key: 'password' } } },
      ]),
    );
    expect(JSON.stringify(find(documents, 'NetworkPolicy', 'broker').spec.ingress)).toContain('develop');
  });

  test('explains its own figures with the others', () => {
    const { plan } = exampleCluster(exampleChart());
    expect(plan.figures.maxStore.value).toBe(8 * 2 ** 30);
    expect(plan.explain('gracePeriod')).toContain('(lame duck + flush)');
    expect(plan.explain()).toMatch(/^replicas[\s\S]*\nmaxStore {2,}8,192 MiB {2}0\.8 × 10 GiB/);
  });
});
