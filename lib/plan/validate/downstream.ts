import type { Problem } from '../problem';
import type { SettledBudget } from '../settled-spec';
import type { DownstreamBudget } from '../spec';
import type { Work } from '../work';
import { checkNumber } from './check-number';

/** Most units of a shared resource: beyond this, doubles no longer count exactly. */
const UNITS_MAX = 1e15;

/** Checks what shared resources can take. */
export function settleDownstream(
  { one }: Work,
  budgets: readonly DownstreamBudget[] | undefined,
  problems: Problem[],
): readonly SettledBudget[] {
  return (budgets ?? []).map((budget, index) => {
    const units = (value: number, part: string, fix: string) =>
      checkNumber(
        value,
        { prop: `downstream[${index}].${part}`, unit: 'count', min: 0, max: UNITS_MAX, fix },
        problems,
      );
    return {
      name: budget.name,
      calls: budget.calls ?? { perPod: 'perPod', limit: `what ${budget.name} can take` },
      limit: units(budget.limit, 'limit', 'Give the most units that may be in use at the same time.'),
      perTask: units(
        budget.perTask ?? (budget.perPod === undefined ? 1 : 0),
        'perTask',
        `Give the units that each running ${one} holds, or leave it out.`,
      ),
      perPod: units(
        budget.perPod ?? 0,
        'perPod',
        'Give the units that each pod holds whatever it runs, or leave it out.',
      ),
    };
  });
}
