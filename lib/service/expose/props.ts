import type { Certificate } from '../../environment/props';

/** How requests from outside of the cluster reach a service, through the environment's entry. */
export interface WebServiceExposure {
  /** Host that they are for, such as `photos.example.com`, or `*.example.com`. */
  readonly host: string;
  /**
   * Host of gRPC, for a service that speaks other protocols as well: a gateway takes routes of one kind for a host.
   * @default gRPC is routed by path like everything else, under {@link host}
   */
  readonly grpcHost?: string;
  /**
   * Paths that requests begin with, as whole segments: `/api` takes `/api/photos` and not `/apis`.
   * @default ['/']: all
   */
  readonly paths?: readonly string[];
  /**
   * Where an Ingress gets its certificate from; `'none'` for plain HTTP. With a gateway it has to be left out: the
   * gateway's listener holds the certificate.
   * @default what the environment's entry says
   */
  readonly tls?: Certificate | 'none';
  /**
   * Annotations of the Ingress or of the routes, for what only the environment's controller knows.
   * @default none
   */
  readonly annotations?: Readonly<Record<string, string>>;
}
