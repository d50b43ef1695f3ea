module.exports = {
  testEnvironment: 'node',
  // Pulumi keeps globals of its own beyond the end of a test file.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  // Many tests wait for programs: as many files at once as there are cores.
  maxWorkers: '100%',
  // Only ends what hangs: no test measures speed.
  testTimeout: 300_000,
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/argocd/',
    '<rootDir>/test/e2e/suites/',
    '<rootDir>/test/pulumi/real/',
    '<rootDir>/test/root/',
    '<rootDir>/test/same-objects/',
    '<rootDir>/test/servers/',
  ],
  // Examples import the package as its users do.
  moduleNameMapper: {
    '^capstan$': '<rootDir>/lib/index.ts',
    '^capstan/(.*)$': '<rootDir>/lib/$1/index.ts',
    '^fast-check$': '<rootDir>/test/seeded-properties.cjs',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};
