import type { Random } from '../random';

type Fields = Readonly<Record<string, unknown>>;

/** None, an empty one, or rules for one direction or both. */
export function behaviorOf(random: Random): Fields | undefined {
  if (random.chance(0.3)) return undefined;
  if (random.chance(0.12)) return {};
  return {
    ...(random.chance(0.75) ? { scaleUp: rulesOf(random) } : {}),
    ...(random.chance(0.75) ? { scaleDown: rulesOf(random) } : {}),
  };
}

function rulesOf(random: Random): Fields {
  const window = random.of(undefined, 0, 15, 30, 60, 120, 300, 600);
  const select = random.of(undefined, undefined, 'Max', 'Min', random.of('Max', 'Disabled'));
  return {
    ...(window === undefined ? {} : { stabilizationWindowSeconds: window }),
    ...(select === undefined ? {} : { selectPolicy: select }),
    ...(random.chance(0.8) ? { policies: policiesOf(random) } : {}),
    ...(random.chance(0.3)
      ? { tolerance: random.of('0', '0.01', '0.05', '50m', '0.1', '200m', '0.333', '1') }
      : {}),
  };
}

function policiesOf(random: Random): Fields[] {
  return Array.from({ length: random.of(1, 1, 2, 3) }, () => policyOf(random));
}

function policyOf(random: Random): Fields {
  const periodSeconds = random.of(1, 14, 15, 16, 30, 45, 60, 90, 120, 300, 600, 1800);
  const huge = random.chance(0.02);
  const most = 2 ** 31 - 1;
  return random.chance(0.5)
    ? { type: 'Pods', value: huge ? most : random.of(1, 2, 3, 4, 5, 10, 20), periodSeconds }
    : {
        type: 'Percent',
        value: huge ? most : random.of(1, 5, 10, 20, 25, 33, 50, 80, 100, 200, 900),
        periodSeconds,
      };
}
