import type { Chart } from 'cdk8s';
import { EnvValue, PersistentVolumeClaim, Secret, Volume } from 'cdk8s-plus-27';
import { Environment, Source } from '../../../lib';
import { exampleProps, exampleWorker } from '../../worker/example-worker';

/** Workers, one for each source, and where KEDA scales them one without a pod. */
export function add(chart: Chart): void {
  const claim = PersistentVolumeClaim.fromClaimName(chart, 'Photos', 'photos');
  const volume = Volume.fromPersistentVolumeClaim(chart, 'Volume', claim);
  const egress = [{ cidr: '203.0.113.0/24', ports: [443] }];
  exampleWorker(chart, { egress }, 'from-memory');
  const one = { ...exampleProps.scale, min: 1, max: 1 };
  exampleWorker(chart, { source: Source.folder({ volume }), scale: one }, 'from-folder');

  const secret = Secret.fromSecretName(chart, 'NatsSecret', 'nats');
  const source = Source.jetStream({
    servers: ['tls://nats.example.com:4222'],
    at: { cidr: '203.0.113.0/24' },
    stream: 'photos',
    consumer: 'develop',
    credentials: {
      user: EnvValue.fromSecretValue({ secret, key: 'user' }),
      password: EnvValue.fromSecretValue({ secret, key: 'password' }),
    },
    tls: { secret, ca: 'ca.crt' },
  });
  exampleWorker(chart, { source }, 'from-outside');
  if (Environment.of(chart).externalMetrics === 'keda') {
    exampleWorker(chart, { source, scale: { ...exampleProps.scale, min: 0, by: 'keda' } }, 'from-zero');
  }
}
