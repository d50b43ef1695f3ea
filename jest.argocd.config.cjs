// What needs Argo CD and a control plane, which tools/argocd and tools/cluster bring: `npm run test:argocd`.
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/argocd'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
