// Counts the lines of examples/compare: the same worker written for Capstan, cdk8s-plus-27, Helm and as plain YAML.
//
//   node tools/compare.cjs            renews the table of docs/compare.md
//
// Blank lines, comments and separators of documents do not count; everything else does, imports and braces too.
'use strict';

const { readdirSync, readFileSync, statSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const EXAMPLES = join('examples', 'compare');
const PAGE = join(ROOT, 'docs', 'compare.md');
const TABLE = /<!-- table -->\n[\s\S]*<!-- \/table -->/;
const WAYS = { capstan: 'Capstan', 'cdk8s-plus': 'cdk8s-plus-27', helm: 'Helm', yaml: 'YAML' };
const IGNORED = /^\s*($|\/\/|#|---\s*$|\{\{-?\s*\/\*)/;
/** The part of a file that is the configuration of the Go runtime. */
const CONFIGURATION =
  /JSON\.stringify\(\{\n[\s\S]*?^\}\);$|^config:\n[\s\S]*|worker\.json: \|\n(?: {4}.*\n)+/m;

/** Lines and files of each way, and how many of the lines configure the Go runtime. */
function counts() {
  return Object.entries(WAYS).map(([folder, way]) => {
    const texts = filesBelow(join(ROOT, EXAMPLES, folder)).map((file) => readFileSync(file, 'utf8'));
    const configuration = texts.map((text) => CONFIGURATION.exec(text)?.[0] ?? '');
    return {
      way,
      folder,
      files: texts.length,
      lines: linesOf(texts.join('\n')),
      configuration: linesOf(configuration.join('\n')),
    };
  });
}

function linesOf(text) {
  return text.split('\n').filter((line) => !IGNORED.test(line)).length;
}

function filesBelow(folder) {
  const paths = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  return paths.filter((path) => statSync(path).isFile());
}

/** The table of docs/compare.md. */
function table() {
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  return [
    '<!-- table -->',
    row('way', 'lines', "of them the runtime's configuration", 'files'),
    row('---', '---', '---', '---'),
    ...counts().map(({ way, folder, files, lines, configuration }) =>
      row(`[${way}](../${EXAMPLES}/${folder})`, lines, configuration, files),
    ),
    '<!-- /table -->',
  ].join('\n');
}

/** The page with the table as it has to be. */
function renewedPage() {
  return readFileSync(PAGE, 'utf8').replace(TABLE, table);
}

module.exports = { counts, renewedPage };
if (require.main === module) writeFileSync(PAGE, renewedPage());
