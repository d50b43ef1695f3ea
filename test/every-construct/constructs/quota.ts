import { type Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { Quota } from '../../../lib';

/** Bounds that everything else of the environment fits into at its peak. */
export function add(chart: Chart): void {
  new Quota(chart, 'everything', {
    requests: { cpu: Cpu.units(1000), memory: Size.gibibytes(4000) },
    pods: 1000,
    limitRange: { max: { memory: Size.gibibytes(64) } },
  });
}
