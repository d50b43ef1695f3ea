import type { IConstruct } from 'constructs';
import type { Problem } from '../../plan/problem';
import { hostsMeet } from './hosts';
import type { Way } from './ways';

/** A host and a path that a service is reached under. */
interface Claim {
  /** Path of the service's construct. */
  readonly owner: string;
  readonly host: string;
  readonly path: string;
  /** Earlier claims have smaller numbers; the later of two that meet is the one that is refused. */
  readonly order: number;
}

/** What the services of one environment claim. */
class Claims {
  private readonly byPlace = new Map<string, Claim>();
  private readonly byKind = { grpc: new Map<string, Claim>(), http: new Map<string, Claim>() };
  private readonly byOwner = new Map<string, Claim>();
  private order = 0;

  add(owner: string, { host, paths, isGrpc }: Way): void {
    for (const path of paths) {
      const claim = { owner, host, path, order: this.order++ };
      addOnce(this.byPlace, JSON.stringify([host, path]), claim);
      addOnce(isGrpc ? this.byKind.grpc : this.byKind.http, host, claim);
      addOnce(this.byOwner, JSON.stringify([owner, host]), claim);
    }
  }

  /** Who else is reached under the same host and path, and was there earlier. */
  sameAs(owner: string, host: string, path: string): Claim | undefined {
    const claim = this.byPlace.get(JSON.stringify([host, path]));
    return claim?.owner === owner ? undefined : claim;
  }

  /** Who has a route of the other kind for a host, and had it earlier. */
  ofOtherKind(owner: string, { host, isGrpc }: Way): Claim | undefined {
    const others = isGrpc ? this.byKind.http : this.byKind.grpc;
    const order = this.byOwner.get(JSON.stringify([owner, host]))?.order ?? 0;
    const exact = others.get(host);
    const meeting = exact ?? [...others.values()].find((other) => hostsMeet(other.host, host));
    return meeting !== undefined && meeting.order < order ? meeting : undefined;
  }
}

function addOnce<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value);
}

const claimsByEnvironment = new WeakMap<IConstruct, Claims>();

/** Notes what a service is reached under, so that another one which is reached under the same is refused. */
export function claimWays(environment: IConstruct, owner: string, ways: readonly Way[]): void {
  const claims = claimsByEnvironment.get(environment) ?? new Claims();
  claimsByEnvironment.set(environment, claims);
  for (const way of ways) claims.add(owner, way);
}

/**
 * What other services of the environment have already. Controllers decide by age, or by chance, who gets a request.
 *
 * @param isGateway whether routes of one kind exclude those of the other for a host, as the Gateway API says
 */
export function checkClaims(
  environment: IConstruct,
  owner: string,
  ways: readonly Way[],
  isGateway: boolean,
): Problem[] {
  const claims = claimsByEnvironment.get(environment);
  if (claims === undefined) return [];
  return ways.flatMap((way) => [
    ...way.paths.flatMap((path) => checkPlace(claims.sameAs(owner, way.host, path), way)),
    ...(isGateway ? checkKind(claims.ofOtherKind(owner, way), way) : []),
  ]);
}

function checkPlace(other: Claim | undefined, { prop }: Way): Problem[] {
  if (other === undefined) return [];
  return [
    {
      prop,
      wanted: 'must be reached under a path of its own',
      got: `${other.host}${other.path}, which is ${other.owner}'s`,
      fix: 'Take another host, or other paths.',
    },
  ];
}

function checkKind(other: Claim | undefined, { prop, host, isGrpc }: Way): Problem[] {
  if (other === undefined) return [];
  const [own, their] = isGrpc ? ['gRPC', 'HTTP'] : ['HTTP', 'gRPC'];
  return [
    {
      prop,
      wanted: 'must be for one kind of route, since a gateway takes a GRPCRoute or an HTTPRoute for a host',
      got: `${own} for ${host}, and ${their} for ${other.host} of ${other.owner}`,
      fix: 'Give one of them another host.',
    },
  ];
}
