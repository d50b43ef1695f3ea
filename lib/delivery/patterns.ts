/**
 * Whether a text matches a pattern of an AppProject, as Argo CD asks github.com/gobwas/glob: `*` stands for any text
 * without the separator, `**` for any text.
 *
 * @returns undefined for patterns with rarer signs (`!`, `?`, `[`, `{`, `\`), which are not judged here
 */
export function matches(pattern: string, text: string, separator = ''): boolean | undefined {
  if (/[!?[\]{}\\]/.test(pattern)) return undefined;
  if (pattern === '*') return true;
  const within = separator === '' ? '[^]*' : `[^${separator}]*`;
  const parts = pattern.split(/(\*+)/).map((part) => {
    if (part === '*') return within;
    return part.startsWith('*') ? '[^]*' : part.replace(/[$^.+()|]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`).test(text);
}

/** Whether one of some patterns may match: what is not judged may. */
export function mayMatch(patterns: readonly string[], text: string, separator = ''): boolean {
  return patterns.some((pattern) => matches(pattern, text, separator) !== false);
}
