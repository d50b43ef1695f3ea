import { Secret } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { CockroachCluster, NatsCluster, PostgresServer, RedisServer } from '../lib';
import type { BrokerSite, CacheSite, CatalogSite } from './site';

/** The broker that photos wait in. */
export function broker(scope: Construct, { replicas, storage, resources }: BrokerSite): NatsCluster {
  return new NatsCluster(scope, 'broker', { replicas, storage, resources });
}

/** The database of what is in the photos. */
export function catalog(scope: Construct, site: CatalogSite): PostgresServer | CockroachCluster {
  const { storage, resources } = site;
  const secrets = new Construct(scope, 'CatalogSecrets');
  const secret = (name: string) => Secret.fromSecretName(secrets, name, name);
  switch (site.kind) {
    case 'postgres':
      return new PostgresServer(scope, 'catalog', {
        storage,
        resources,
        credentials: { secret: secret('catalog-auth') },
      });
    case 'cockroach':
      return new CockroachCluster(scope, 'catalog', {
        replicas: 3,
        storage,
        resources,
        credentials: { secret: secret('catalog-auth') },
        certificates: { node: secret('catalog-node'), root: secret('catalog-root') },
      });
    default:
      return site.kind satisfies never;
  }
}

/** What is asked for often. */
export function cache(scope: Construct, { replicas, storage, resources }: CacheSite): RedisServer {
  const secret = Secret.fromSecretName(scope, 'CacheSecret', 'cache-auth');
  return new RedisServer(scope, 'cache', {
    replicas,
    resources,
    credentials: { secret },
    // Copies need a volume, and are a cache all the same.
    ...(storage !== undefined && { storage, eviction: 'allkeys-lru' as const }),
  });
}
