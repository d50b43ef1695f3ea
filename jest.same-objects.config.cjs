// The same objects by kubectl, Pulumi and Argo CD, which tools/cluster, tools/pulumi and tools/argocd bring:
// `npm run test:same-objects`.
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/same-objects'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
