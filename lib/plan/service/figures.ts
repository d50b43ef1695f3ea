import type { Figure } from '../figure';
import { FLEET_FIGURES, SCALE_FIGURES, SHUTDOWN_FIGURES, SIZE_FIGURES } from '../figures';

/** Names of the figures of a `ServicePlan`, in the order in which they are explained. */
export const SERVICE_FIGURE_NAMES = [
  ...SIZE_FIGURES,
  'longestWait',
  'waitingRoom',
  ...SHUTDOWN_FIGURES,
  ...SCALE_FIGURES,
  'targetCpuUtilization',
  'targetRequestRate',
  ...FLEET_FIGURES,
] as const;

/** Name of one figure of a service. */
export type ServiceFigureName = (typeof SERVICE_FIGURE_NAMES)[number];

/** Figures that may be absent: no limit, the Go runtime's own reading is right, the autoscaler follows another signal. */
type OptionalFigureName = 'cpuLimit' | 'gomaxprocs' | 'targetCpuUtilization' | 'targetRequestRate';

/** A service's figures by name. */
export type ServiceFigures = Readonly<Record<Exclude<ServiceFigureName, OptionalFigureName>, Figure>> &
  Readonly<Partial<Record<OptionalFigureName, Figure>>>;
