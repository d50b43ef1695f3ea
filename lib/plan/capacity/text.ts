import { formatNumber, formatQuantity, formatShare } from '../format';
import { isBytes } from './amounts';
import type { CapacityCost, CapacityReport, Misfit, PoolReport, ResourceUse } from './report';

/** A report for humans: what does not fit, and why; then the pools as a table, and what they cost. */
export function capacityText(report: CapacityReport): string {
  const { fits, pods, nodes, misfits, pushedOut, pools, cost } = report;
  const counts = `${formatQuantity(pods, 'pods')} on at most ${formatNumber(nodes)} ${nodes === 1 ? 'node' : 'nodes'}`;
  return [
    fits ? `${counts}: all of them fit.` : `${counts}: ${sumText(misfits)} find no room.`,
    ...misfits.map((misfit) => `  ${misfitText(misfit)}`),
    ...(pushedOut.length === 0 ? [] : [`Pushed out by pods of a higher priority: ${pushedOut.join(', ')}`]),
    '',
    ...poolTable(pools),
    ...(cost === undefined ? [] : ['', ...costLines(cost)]),
  ].join('\n');
}

function sumText(misfits: readonly Misfit[]): string {
  return formatNumber(misfits.reduce((sum, { waiting }) => sum + waiting, 0));
}

function misfitText({ workload, waiting, pods, fitsNoNode, message }: Misfit): string {
  const count = `${formatNumber(waiting)} of ${formatQuantity(pods, 'pods')}`;
  return `${workload}: ${count}${fitsNoNode ? ', which fit no node at all' : ''}. ${message}`;
}

/** Columns as wide as their widest cell. */
function poolTable(pools: readonly PoolReport[]): string[] {
  const resources = [...new Set(pools.flatMap(({ use }) => use.map(({ resource }) => resource)))];
  const head = ['pool', 'machine', 'nodes needed', 'of', ...resources];
  const rows = pools.map(({ name, machine = '', nodes, use }) => [
    name,
    machine,
    formatNumber(nodes.needed),
    nodes.min === nodes.max ? formatNumber(nodes.max) : `${nodes.min} to ${nodes.max}`,
    ...resources.map((resource) => useText(use.find((it) => it.resource === resource))),
  ]);
  const used = head.map((_, column) => column).filter((column) => rows.some((row) => row[column] !== ''));
  const widths = used.map((column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    used
      .map((column, place) => (row[column] ?? '').padEnd(widths[place] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function useText(use: ResourceUse | undefined): string {
  if (use === undefined || use.allocatable === 0) return '';
  const { resource, requested, allocatable } = use;
  return `${formatShare(requested / allocatable)} of ${amountText(resource, allocatable)}`;
}

function amountText(resource: string, amount: number): string {
  if (resource === 'cpu') return formatQuantity(amount, 'cores');
  return isBytes(resource) ? formatQuantity(amount, 'bytes') : formatNumber(amount);
}

function costLines({ currency, per, least, needed, most, without }: CapacityCost): string[] {
  const money = (amount: number) => `${amount.toFixed(2)} ${currency}`;
  return [
    `Cost per ${per}: ${money(needed)} for the nodes that are needed, ${money(least)} with the fewest, ${money(most)} with the most`,
    ...(without.length === 0 ? [] : [`Without a price, and left out: ${without.join(', ')}`]),
  ];
}
