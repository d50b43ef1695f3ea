// What needs root: `npm run test:root`.
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/root'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 180_000,
};
