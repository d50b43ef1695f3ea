// A suite on a real cluster; test/e2e/main.ts brings the cluster and runs the suites: `npm run e2e`.
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/e2e/suites'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
};
