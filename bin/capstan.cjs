#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

// A checkout runs its sources, which a stale build cannot hide; the published package has none.
const source = join(__dirname, '../lib/cli/main.ts');
const built = join(__dirname, '../build/lib/cli/main.js');
const fromSource = existsSync(source);
if (fromSource) require('tsx/cjs/api').register();

// A reader such as `head` may leave before the end.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

const { main } = require(fromSource ? source : built);
main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
