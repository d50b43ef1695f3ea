import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = join(__dirname, '../../docs/status.md');

/**
 * Puts captures between their marks in docs/status.md.
 *
 * @param captures by the name of the mark
 * @throws Error for a name without a mark
 */
export function renewCaptures(captures: Readonly<Record<string, string>>): void {
  const page = Object.entries(captures).reduce(withCapture, readFileSync(PAGE, 'utf8'));
  writeFileSync(PAGE, page);
}

function withCapture(page: string, [name, capture]: readonly [string, string]): string {
  const block = new RegExp(`(<!-- ${name} -->\n\`\`\`text\n)[\\s\\S]*?(\n\`\`\`\n)`);
  if (!block.test(page)) throw new Error(`docs/status.md has no place for ${name}`);
  return page.replace(block, (_, before: string, after: string) => `${before}${capture}${after}`);
}
