// The public entry points of the package, as the exports of package.json name them.
'use strict';

const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const ROOT = join(__dirname, '..', '..');
const BUILD = './build/';

/** The subpaths that hold code: their report's name, and where their declarations lie below a build. */
function entryPoints() {
  const { name, exports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return (
    Object.entries(exports)
      .filter(([, target]) => typeof target === 'object' && target.types !== undefined)
      // A report of what is generated would only say the same again.
      .filter(([, { types }]) => !types.endsWith('.gen.d.ts'))
      .map(([subpath, { types }]) => {
        if (!types.startsWith(BUILD))
          throw new Error(`package.json: types of ${subpath} lie outside ${BUILD}`);
        return {
          subpath,
          report: [name, ...subpath.split('/').slice(1)].join('-'),
          declarations: types.slice(BUILD.length),
        };
      })
  );
}

module.exports = { entryPoints };
