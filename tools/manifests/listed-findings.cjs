// The findings of kube-score that docs/kube-score.md lists, and the checks that it leaves out, from its two tables.
'use strict';

/** Subjects that nothing may be listed about: they are ours to get right. */
const NEVER_LISTED =
  /security-context|seccomp|probes|resources|requests|ephemeral-storage|poddisruptionbudget|selector/;
const EVERYWHERE = 'all';

/**
 * Reads the tables below the headings `Findings` and `Optional checks left out`, whose first column is a check in
 * code font; the next ones of a finding are the object and its environments.
 */
function listedFindings(markdown) {
  return {
    findings: rows(markdown, 'Findings').map(([check, object, environments]) => ({
      finding: `${check} ${object}`,
      environments: environments.split(/, */),
    })),
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

/**
 * How findings differ from the listed ones. One that is listed for all environments has to be in one of them at
 * least; others in each that is named.
 */
function compareFindings(found, listed) {
  const isListed = (finding, environment) =>
    listed.some(
      (it) =>
        it.finding === finding &&
        (it.environments.includes(EVERYWHERE) || it.environments.includes(environment)),
    );
  const isFound = (finding, environment) =>
    found.some(
      (it) => (environment === EVERYWHERE || it.environment === environment) && it.findings.includes(finding),
    );
  return [
    ...found.flatMap(({ environment, findings }) =>
      findings
        .filter((finding) => !isListed(finding, environment))
        .map((finding) => `does not list the finding ${finding} in ${environment}`),
    ),
    ...listed.flatMap(({ finding, environments }) =>
      environments
        .filter((environment) => !isFound(finding, environment))
        .map((environment) => `lists ${finding} in ${environment}, which is gone`),
    ),
    ...listed
      .filter(({ finding }) => NEVER_LISTED.test(finding))
      .map(({ finding }) => `lists ${finding}: correct the manifest instead`),
  ];
}

module.exports = { compareFindings, listedFindings, NEVER_LISTED };
