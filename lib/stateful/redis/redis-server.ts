import { Duration, Size } from 'cdk8s';
import { Cpu, EnvFieldPaths, EnvValue, Probe } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Connection } from '../../network/endpoint';
import { variableName } from '../../network/variable-name';
import { planRedis, type RedisFigures } from '../../plan/stateful/redis';
import { requireProps } from '../../shape/require-shape';
import { bytes } from '../../workload/quantity';
import { memberDomain } from '../addresses';
import { ordinals } from '../names';
import type { ServerResources, Sidecar } from '../props';
import { StatefulService } from '../stateful-service';
import { CONFIG_FOLDER, DATA_FOLDER, PORTS, type RedisEviction, redisFiles } from './configuration';
import type { RedisCredentials, RedisServerProps } from './props';
import { type RedisReach, RedisStream } from './redis-stream';

const IMAGE = 'redis:8.2';
const RESOURCES: ServerResources = { cpu: { request: Cpu.millis(250) }, memory: Size.mebibytes(256) };
const SENTINEL_RESOURCES: ServerResources = { cpu: { request: Cpu.millis(20) }, memory: Size.mebibytes(32) };

/** Name that the Sentinels know the master by. */
const MASTER = 'master';

/**
 * Redis: one server as a cache, or a master that others copy, with a Sentinel beside each that replaces it. How much
 * it may hold follows from its memory.
 *
 * ```ts
 * const cache = new RedisServer(this, 'cache', {
 *   credentials: { secret: Secret.fromSecretName(this, 'CacheSecret', 'cache') },
 *   resources: { cpu: { request: Cpu.millis(250) }, memory: Size.mebibytes(512) },
 * });
 * cache.plan.explain('maxMemory');
 * ```
 *
 * A failover can lose writes that no other member has copied yet; a member that nobody copies refuses writes after
 * 10 s. A mistake in the props does not throw here: it is listed with all others when the tree is synthesized.
 */
export class RedisServer extends StatefulService<RedisFigures> {
  /** What happens when the memory is full. */
  readonly eviction: RedisEviction;
  private readonly credentials: RedisCredentials;
  private readonly replicas: number;
  private readonly groups = new Map<string, string>();

  constructor(scope: Construct, id: string, props: RedisServerProps) {
    requireProps('RedisServer', { scope, id, isSubclass: new.target !== RedisServer }, props);
    const { replicas = 1, credentials, storage, storageClass, resources = RESOURCES } = props;
    const eviction = props.eviction ?? (storage === undefined ? 'allkeys-lru' : 'noeviction');
    const durability = storage === undefined ? undefined : (props.durability ?? 'everysec');
    const { figures, problems } = planRedis({
      replicas,
      memoryBytes: bytes(resources.memory),
      ...(storage !== undefined && { storageBytes: bytes(storage) }),
    });
    const env = memberEnv(scope, id, replicas, credentials, storage !== undefined);
    super(scope, id, {
      ...props,
      app: 'redis',
      image: props.image ?? IMAGE,
      command: ['/bin/sh', `${CONFIG_FOLDER}/start.sh`],
      replicas,
      quorum: replicas > 1,
      ports: [{ name: 'redis', number: PORTS.redis, peers: replicas > 1 }],
      ...(storage !== undefined && {
        claims: {
          data: { size: storage, path: DATA_FOLDER, ...(storageClass !== undefined && { storageClass }) },
        },
      }),
      config: { path: CONFIG_FOLDER, files: redisFiles({ figures, eviction, durability }) },
      env,
      resources,
      probes: { readiness: answers(PORTS.redis) },
      sidecars: replicas > 1 ? [sentinel(props.image ?? IMAGE, env, storage !== undefined)] : [],
      figures,
    });
    this.eviction = eviction;
    this.credentials = credentials;
    this.replicas = replicas;
    this.report(problems);
  }

  /**
   * How a workload calls the server. One member: the variable CACHE_ADDRESS. Several: CACHE_SENTINELS, their
   * addresses with commas between, and CACHE_MASTER, the name that they know the master by. CACHE_PASSWORD comes by
   * Secret reference.
   */
  override connection(): Connection {
    const { name } = this.endpoint();
    const variable = (suffix: string) => variableName(name, suffix);
    const password = { [variable('PASSWORD')]: passwordValue(this.credentials) };
    if (this.replicas === 1) {
      const endpoint = this.endpoint();
      const address = EnvValue.fromValue(`${endpoint.host}:${endpoint.port}`);
      return { name, endpoints: [endpoint], env: { [variable('ADDRESS')]: address, ...password } };
    }
    const sentinels = this.podEndpoints('sentinel');
    return {
      name,
      endpoints: [...this.podEndpoints('redis'), ...sentinels],
      env: {
        [variable('SENTINELS')]: EnvValue.fromValue(
          sentinels.map(({ host, port }) => `${host}:${port}`).join(','),
        ),
        [variable('MASTER')]: EnvValue.fromValue(MASTER),
        ...password,
      },
    };
  }

  /**
   * A stream of the server, whose tasks a consumer group takes. It has to keep what is written, so an `eviction` other
   * than `noeviction` is a problem.
   *
   * @param key key of the stream
   */
  stream(key: string): RedisStream {
    if (this.eviction !== 'noeviction') {
      this.report([
        {
          prop: 'eviction',
          wanted: `must be noeviction, since the stream ${key} must not be forgotten when memory is short`,
          got: this.eviction,
          fix: 'Set it, and give storage, or take another server as the cache.',
        },
      ]);
    }
    return new RedisStream(key, this.reach(), (group) => this.ask(key, group));
  }

  /** A group removes what it is done with: another one of the same stream would miss it. */
  private ask(key: string, group: string): void {
    const first = this.groups.get(key) ?? group;
    this.groups.set(key, first);
    if (first === group) return;
    this.report([
      {
        prop: `stream(${key})`,
        wanted: `must have one group, since tasks that ${first} has done are removed`,
        got: `${first} and ${group}`,
        fix: 'Publish to a stream for each group, or give both workers the same one.',
      },
    ]);
  }

  private reach(): RedisReach {
    const endpoint = this.endpoint();
    const sentinels = this.replicas > 1 ? this.podEndpoints('sentinel') : [];
    return {
      address: `${endpoint.host}:${endpoint.port}`,
      sentinel:
        sentinels.length > 0
          ? { addresses: sentinels.map(({ host, port }) => `${host}:${port}`), master: MASTER }
          : undefined,
      credentials: { password: passwordValue(this.credentials) },
      // The program brings its credentials itself.
      connection: { ...this.connection(), env: {} },
    };
  }
}

/** What every container of a member knows. */
function memberEnv(
  scope: Construct,
  name: string,
  replicas: number,
  credentials: RedisCredentials,
  keeps: boolean,
): Record<string, EnvValue> {
  const domain = memberDomain(scope, name);
  const hosts = ordinals(replicas).map((ordinal) => `${name}-${ordinal}.${domain}`);
  return {
    REDISCLI_AUTH: passwordValue(credentials),
    REDIS_DATA: EnvValue.fromValue(keeps ? DATA_FOLDER : '/tmp'),
    ...(replicas > 1 && {
      POD_NAME: EnvValue.fromFieldRef(EnvFieldPaths.POD_NAME),
      REDIS_MEMBERS: EnvValue.fromValue(hosts.join(' ')),
    }),
  };
}

function sentinel(image: string, env: Record<string, EnvValue>, keeps: boolean): Sidecar {
  return {
    name: 'sentinel',
    image,
    command: ['/bin/sh', `${CONFIG_FOLDER}/sentinel.sh`],
    ports: [{ name: 'sentinel', number: PORTS.sentinel, peers: true }],
    env,
    ...(keeps && { claims: { data: DATA_FOLDER } }),
    resources: SENTINEL_RESOURCES,
    probes: { readiness: answers(PORTS.sentinel) },
  };
}

/** PONG, not an error such as LOADING: redis-cli exits with 0 for both. */
function answers(port: number): Probe {
  const ask = `[ "$(redis-cli -h 127.0.0.1 -p ${port} ping)" = PONG ]`;
  return Probe.fromCommand(['/bin/sh', '-c', ask], {
    periodSeconds: Duration.seconds(5),
    timeoutSeconds: Duration.seconds(3),
    failureThreshold: 2,
  });
}

function passwordValue({ secret, password }: RedisCredentials): EnvValue {
  return EnvValue.fromSecretValue({ secret, key: password ?? 'password' });
}
