import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError, messageOf } from '../command-error';
import { formatProblem, readScenario, type Scenario } from '../plan';

/**
 * Reads the scenarios of a file: JSON, one scenario or a list of them.
 *
 * @throws {CommandError} one line that names the file, the scenario and the first thing that is wrong
 */
export function readScenarioFile(folder: string, file: string): Scenario[] {
  const parsed = parse(file, read(folder, file));
  const documents: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (documents.length === 0) {
    throw new CommandError(
      `${file} must hold a scenario or a list of them, got an empty list. Add a scenario.`,
    );
  }
  return documents.map((document, index) => {
    const { scenario, problems } = readScenario(document);
    if (scenario !== undefined) return scenario;
    const [first, ...others] = problems;
    const line = first === undefined ? 'It is no scenario.' : formatProblem(first);
    const more = others.length === 0 ? '' : ` (${others.length} more)`;
    throw new CommandError(`${file}: scenario ${index + 1}${nameOf(document)}: ${line}${more}`);
  });
}

function read(folder: string, file: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw new CommandError(`Cannot read ${file}: ${messageOf(error)}`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CommandError(`${file} is not JSON: ${messageOf(error).replace(/\s+/g, ' ')}`);
  }
}

function nameOf(document: unknown): string {
  if (typeof document !== 'object' || document === null || !('name' in document)) return '';
  return typeof document.name === 'string' ? ` (${document.name})` : '';
}
