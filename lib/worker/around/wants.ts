import type { JsonValue } from '../../json-value';
import { type Figure, formatFigure } from '../../plan/figure';
import type { Figures } from '../../plan/figures';
import { podShare } from '../../plan/rollout/pod-share';
import { quantityValue } from '../../schema/quantity';
import { byteQuantity, milliQuantity } from '../../workload/quantity';
import type { WorkerAroundProps } from './props';

/** A field of a manifest that a plan decides. */
export interface Want {
  /** Where it stands: from the document, or in the container. */
  readonly pointer: string;
  /** What is filled in where nothing stands; `undefined`: nothing. */
  readonly value: JsonValue | undefined;
  /** Whether what stands there, `undefined` for nothing, fits the plan. */
  readonly agrees: (got: unknown) => boolean;
  /** What problems say of it: `must be 2 cores`. */
  readonly wanted: string;
}

const POD = '/spec/template/spec';

/** The fields of a Deployment that its plan decides, apart from variables and arguments of the container. */
export function wantsOf(
  figures: Figures,
  props: WorkerAroundProps,
  { container, maxUnavailable }: { readonly container: string; readonly maxUnavailable: number },
): readonly Want[] {
  const its = `${POD}/containers/name=${container}`;
  return [
    ...resourceWants(`${its}/resources`, figures, props),
    wholeWant(`${POD}/terminationGracePeriodSeconds`, figures.gracePeriod),
    ...['livenessProbe', 'startupProbe'].map((probe) => probeWant(`${its}/${probe}`, figures.gracePeriod)),
    wholeWant('/spec/minReadySeconds', figures.minReadySeconds),
    ...strategyWants(figures, maxUnavailable),
  ];
}

function resourceWants(resources: string, figures: Figures, { task }: WorkerAroundProps): Want[] {
  return [
    ...amountWants(resources, figures),
    ...(task.scratch === undefined
      ? []
      : [
          amount(`${resources}/requests/ephemeral-storage`, figures.ephemeralStorageRequest, byteQuantity),
          amount(`${resources}/limits/ephemeral-storage`, figures.ephemeralStorageLimit, byteQuantity),
        ]),
  ];
}

/** CPU and memory of a container. */
export function amountWants(resources: string, figures: Figures): Want[] {
  const { cpuRequest, cpuLimit, memoryRequest, memoryLimit } = figures;
  return [
    amount(`${resources}/requests/cpu`, cpuRequest, milliQuantity),
    cpuLimit === undefined
      ? {
          pointer: `${resources}/limits/cpu`,
          value: undefined,
          agrees: (got) => got === undefined,
          wanted: "must be left out, as resources.cpu.limit 'none' says",
        }
      : amount(`${resources}/limits/cpu`, cpuLimit, milliQuantity),
    amount(`${resources}/requests/memory`, memoryRequest, byteQuantity),
    amount(`${resources}/limits/memory`, memoryLimit, byteQuantity),
  ];
}

function amount(pointer: string, figure: Figure, quantity: (value: number) => string): Want {
  const { value } = figure;
  return {
    pointer,
    value: quantity(value),
    agrees: (got) => {
      const said = quantityValue(got ?? '');
      return said !== undefined && Math.abs(said - value) <= Math.abs(value) * 1e-6;
    },
    wanted: `must be ${quantity(value)}, as planned (${figure.reason})`,
  };
}

/** A whole number of a plan. */
export function wholeWant(pointer: string, figure: Figure): Want {
  return {
    pointer,
    value: figure.value,
    agrees: (got) => got === figure.value,
    wanted: `must be ${figure.value}, as planned (${figure.reason})`,
  };
}

/** A grace period of its own, shorter than the pod's, would end tasks when a probe fails. */
function probeWant(probe: string, grace: Figure): Want {
  return {
    pointer: `${probe}/terminationGracePeriodSeconds`,
    value: undefined,
    agrees: (got) => got === undefined || (typeof got === 'number' && got >= grace.value),
    wanted: `must be left out, or ${grace.value} or more, the time that running tasks get (${formatFigure(grace)})`,
  };
}

function strategyWants({ maxSurge, maxReplicas }: Figures, maxUnavailable: number): Want[] {
  const rolling = '/spec/strategy/rollingUpdate';
  const recreates = maxSurge.value + maxUnavailable === 0;
  const type = recreates ? 'Recreate' : 'RollingUpdate';
  const share = (got: unknown, round: (it: number) => number) => podShare(got, maxReplicas.value, round);
  const kind: Want = {
    pointer: '/spec/strategy/type',
    value: type,
    agrees: (got) => got === type,
    wanted: `must be ${type}, as planned (maxSurge ${maxSurge.reason})`,
  };
  if (recreates) return [kind];
  return [
    kind,
    {
      pointer: `${rolling}/maxSurge`,
      value: maxSurge.value,
      agrees: (got) => share(got, Math.ceil) === maxSurge.value,
      wanted: `must be ${maxSurge.value}, as planned (${maxSurge.reason})`,
    },
    {
      pointer: `${rolling}/maxUnavailable`,
      value: maxUnavailable,
      agrees: (got) => share(got, Math.floor) === maxUnavailable,
      wanted: `must be ${maxUnavailable}, which the peak of the plan counts on`,
    },
  ];
}
