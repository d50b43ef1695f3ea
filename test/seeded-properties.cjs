// fast-check as the tests import it: the same values at each run, so that a change is judged by what it changes.
// CAPSTAN_SEED=random tries others, CAPSTAN_SEED=N those of a failure.
const fc = require('../node_modules/fast-check/lib/cjs/fast-check.js');

const seed = process.env.CAPSTAN_SEED ?? '1';
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });

module.exports = fc;
