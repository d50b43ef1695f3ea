// `npm run build`: compiles lib/ into build/, as the package holds it.
//
// A program names a few of the package's exports, and pays at its start for each module that is loaded. So what
// index.js re-exports is loaded when it is asked for.
'use strict';

const { execFileSync } = require('node:child_process');
const { cpSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..');
const SHAPES = 'lib/shape/zz_shapes.gen.json';
const INDEX = join(ROOT, 'build/lib/index.js');

const IMPORT = /^(?:var|const) (\w+) = (require\("[^"]+"\));\n/gm;
const EXPORT =
  /^Object\.defineProperty\(exports, ("\w+"), { enumerable: true, get: function \(\) { return (\w+)\.(\w+); } }\);$/gm;

/** In words in which Node does not look for getters: it takes the names of exports from the line above. */
const LATE = `function late(name, get) { Object.defineProperty(exports, name, { enumerable: true, get }); }\n`;

/** A compiled file that only re-exports, changed so that it loads a module when one of its exports is asked for. */
function loadingLate(text) {
  const modules = new Map([...text.matchAll(IMPORT)].map(([, name, call]) => [name, call]));
  const late = text
    .replace(IMPORT, '')
    .replace(
      EXPORT,
      (_, name, module, property) => `late(${name}, () => ${modules.get(module)}.${property});`,
    );
  if (!late.includes('late(') || /_\d+\.|defineProperty\(exports, "(?!__esModule)/.test(late)) {
    throw new Error(`${INDEX} is not as expected`);
  }
  return `${late}${LATE}`;
}

function main() {
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '-p', join(ROOT, 'tsconfig.build.json')];
  execFileSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  cpSync(join(ROOT, 'lib/schema/tables'), join(ROOT, 'build/lib/schema/tables'), { recursive: true });
  cpSync(join(ROOT, SHAPES), join(ROOT, 'build', SHAPES));
  writeFileSync(INDEX, loadingLate(readFileSync(INDEX, 'utf8')));
}

main();
