// The findings that docs/kube-score.md lists, and those that it leaves out, from its two tables.
'use strict';

/** Subjects that nothing may be listed about: they are ours to get right. */
const NEVER_LISTED =
  /security-context|seccomp|probes|resources|requests|ephemeral-storage|poddisruptionbudget|selector/;

/**
 * Reads the tables below the headings `Findings` and `Optional checks left out`, whose first column is a check in
 * code font, and the second one of the findings the object.
 */
function listedFindings(markdown) {
  return {
    findings: rows(markdown, 'Findings').map(([check, object]) => `${check} ${object}`),
    leftOut: rows(markdown, 'Optional checks left out').map(([check]) => check),
  };
}

function rows(markdown, heading) {
  const section = markdown.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/kube-score.md has no heading "${heading}"`);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
}

module.exports = { listedFindings, NEVER_LISTED };
