import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const root = join(__dirname, '../..');

/** Paths of the modules that are loaded once `main` has been. */
function loaded(main: string): string[] {
  const script = `require(${JSON.stringify(join(root, main))}); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return JSON.parse(stdout);
}

describe('the package', () => {
  test('loads neither Pulumi nor jest, nor the command, for a synth', () => {
    const modules = loaded('lib/index.ts');
    expect(modules.some((path) => path.includes('cdk8s-plus-27'))).toBe(true);
    expect(
      modules.filter((path) => /@pulumi|\/@?jest|\/commander\/|lib\/(cli|pulumi|jest)\//.test(path)),
    ).toEqual([]);
  });

  test('loads neither cdk8s-plus nor its own constructs for an app alone', () => {
    const modules = loaded('lib/app.ts');
    expect(modules.some((path) => path.includes('/node_modules/cdk8s/'))).toBe(true);
    expect(modules.filter((path) => /cdk8s-plus-27|lib\/(worker|stateful|service)\//.test(path))).toEqual([]);
  });

  test('the check finds Pulumi where it is loaded', () => {
    expect(loaded('lib/pulumi/index.ts').some((path) => path.includes('@pulumi'))).toBe(true);
  });

  test('the plan loads nothing but itself', () => {
    const runner = /\/node_modules\/(tsx|esbuild)\//;
    const modules = loaded('lib/plan/index.ts').filter((path) => !runner.test(path));
    expect(modules.length).toBeGreaterThan(5);
    expect(modules.filter((path) => !path.includes('/lib/plan/'))).toEqual([]);
  });
});
