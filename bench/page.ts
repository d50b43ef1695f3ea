import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

const PAGE = 'docs/benchmarks.md';
const HEAD = `# Benchmarks

Each section is written by \`npm run bench -- NAME\`, which also renews the raw results, \`bench/NAME/results.json\`.
`;

/** Where and when something was measured. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly node: string;
  /** Average number of running processes in the minute before. */
  readonly load: number;
  readonly date: string;
}

/** This machine, now. */
export function thisMachine(): Machine {
  const [processor] = cpus();
  return {
    processor: processor?.model ?? 'unknown processor',
    cores: cpus().length,
    node: process.version,
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** A machine in one line. */
export function describeMachine({ processor, cores, node, load, date }: Machine): string {
  return `${processor}, ${cores} cores, Node ${node}, load ${load} before, ${date}.`;
}

/** Writes the section of a benchmark into the page, and leaves the others as they are. */
export function writeSection(name: string, text: string): void {
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : HEAD;
  const [begin, end] = [`<!-- ${name}: generated, do not edit -->\n`, `<!-- end of ${name} -->\n`];
  const section = `${begin}${text.trim()}\n${end}`;
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  writeFileSync(
    PAGE,
    from < 0 ? `${page}\n${section}` : page.slice(0, from) + section + page.slice(to + end.length),
  );
}

/** The middle one of some numbers; the mean of two in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, it) => sum + it, 0) / middle.length;
}
