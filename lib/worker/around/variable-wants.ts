import type { Figures } from '../../plan/figures';
import { formatQuantity } from '../../plan/format';
import { bytes } from '../../workload/quantity';
import type { WorkerAroundProps } from './props';

/** A variable of a container that a plan decides. */
export interface VariableWant {
  readonly name: string;
  /** What it is set to where nothing sets it; `undefined`: it is not set. */
  readonly value: string | undefined;
  /** Whether the text that it is set to fits the plan. */
  readonly agrees: (text: string) => boolean;
  /** What problems say of it. */
  readonly wanted: string;
}

/** The variables that the plan decides: the bound of the program, and what bounds the Go runtime. */
export function variableWants(figures: Figures, props: WorkerAroundProps): readonly VariableWant[] {
  const { concurrency, runtime = 'go' } = props;
  const { variable, bound } = concurrency;
  return [
    ...(variable === undefined
      ? []
      : [
          {
            name: variable,
            value: String(bound),
            agrees: (text: string) => isWhole(text, bound),
            wanted: `must be ${bound}, as concurrency.bound says`,
          },
        ]),
    ...(runtime === 'go' ? [processors(figures), heap(figures, props)] : []),
  ];
}

/** Whether a program reads a text as this number: `4.0`, ` 4 ` and `0x4` are none to strconv.Atoi. */
export function isWhole(text: string, value: number): boolean {
  return /^\d+$/.test(text) && Number(text) === value;
}

/** Go reads a limit of 2 cores or more itself, in whole cores rounded up. */
function processors({ gomaxprocs, cpuLimit }: Figures): VariableWant {
  const value = gomaxprocs?.value ?? Math.max(2, Math.ceil(cpuLimit?.value ?? 0));
  return {
    name: 'GOMAXPROCS',
    value: gomaxprocs === undefined ? undefined : String(value),
    agrees: (text) => isWhole(text, value),
    wanted:
      gomaxprocs === undefined
        ? `must be left out, or ${value}, which Go takes from the CPU limit`
        : `must be ${value}, as planned (${gomaxprocs.reason})`,
  };
}

/** At most what is planned, and enough for what full slots hold, where the memory is enough for that at all. */
function heap({ gomemlimit, poolSlots }: Figures, { task: { memory } }: WorkerAroundProps): VariableWant {
  const need = bytes(memory.base) + bytes(memory.perTask) * poolSlots.value;
  const most = `${formatQuantity(gomemlimit.value, 'bytes')} (${gomemlimit.reason})`;
  const isEnough = need <= gomemlimit.value;
  return {
    name: 'GOMEMLIMIT',
    value: String(gomemlimit.value),
    agrees: (text) => {
      const limit = goBytes(text);
      return limit !== undefined && limit <= gomemlimit.value && (limit >= need || !isEnough);
    },
    wanted: isEnough
      ? `must be between ${formatQuantity(need, 'bytes')}, what full slots hold, and ${most}`
      : `must be at most ${most}`,
  };
}

const GO_UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Bytes as Go's runtime reads them; `undefined` for what it refuses, and for `off`. */
function goBytes(text: string): number | undefined {
  const [, digits, unit = ''] = /^(\d+)([KMGT]?i?B)?$/.exec(text) ?? [];
  const factor = GO_UNITS[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}
