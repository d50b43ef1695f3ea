/** Who synthesizes: one pass without writing, Capstan, or cdk8s itself. */
export type Kind = 'floor' | 'capstan' | 'stock';

/** What one process took. */
export interface Cost {
  readonly wallSeconds: number;
  /** Of all threads, user and system. */
  readonly cpuSeconds: number;
}

/** What a child measured. */
export interface Measurement extends Cost {
  readonly kind: Kind;
  readonly charts: number;
  readonly peakBytes: number;
  /** Names and bytes of all manifests, as one hash; empty for the floor, which writes nothing. */
  readonly files: string;
}

/** One start of the one-Deployment program by `npx cdk8s synth`. */
export interface Start extends Cost {
  readonly kind: Exclude<Kind, 'floor'>;
}
