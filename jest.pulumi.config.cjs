// What needs the real Pulumi, which tools/pulumi brings, and a control plane of Kubernetes: `npm run test:pulumi`.
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/pulumi/real'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 600_000,
};
