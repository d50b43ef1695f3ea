// What needs real servers, which tools/servers brings: `npm run test:servers`.
module.exports = {
  ...require('./jest.config.cjs'),
  roots: ['<rootDir>/test/servers'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 120_000,
};
