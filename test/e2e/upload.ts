import { Duration, Size } from 'cdk8s';
import { GoApp } from '../../lib';

/** Darkroom's `upload`, and what its requests cost. */
export const UPLOAD = {
  app: GoApp.fromDirectory('apps/upload', { kind: 'service' }),
  request: {
    cpuTime: Duration.millis(4),
    duration: { mean: Duration.millis(200), max: Duration.seconds(30) },
    memory: { base: Size.mebibytes(24), perRequest: Size.mebibytes(2) },
  },
} as const;
