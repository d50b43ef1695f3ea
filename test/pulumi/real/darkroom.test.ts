import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compareLive } from '../../live/compare-live';
import { strangers } from '../../live/strangers';
import { PULUMI_ADDS } from './additions';
import { type ControlPlane, startControlPlane } from './control-plane';
import { DarkroomProject } from './darkroom-project';
import { PulumiHome, pulumiPrograms } from './pulumi-home';

const { environmentsIn } = require('../../../tools/manifests/environments.cjs');

const ROOT = join(__dirname, '../../..');
const ENVIRONMENT = 'dev';
const NAMESPACES = ['darkroom', 'darkroom-agents'];
const { documents } = environmentsIn(join(ROOT, 'dist', ENVIRONMENT))[0];
const programs = pulumiPrograms();

// One test after the other, on what the one before has left.
(programs === undefined ? describe.skip : describe)('deploy/pulumi by the real Pulumi', () => {
  let cluster: ControlPlane;
  let home: PulumiHome;
  let project: DarkroomProject;

  beforeAll(async () => {
    cluster = await startControlPlane('pulumi-darkroom');
    home = new PulumiHome(programs ?? '', cluster.kubeconfig);
    project = new DarkroomProject(home);
    await project.pulumi('stack', 'init', ENVIRONMENT);
    await project.pulumi('config', 'set', 'context', cluster.context);
  });
  afterAll(async () => {
    home?.remove();
    await cluster?.stop();
  });

  const develop = ['--namespace', 'darkroom', 'deployment/develop'];

  test('preview says what it would make, and makes nothing', async () => {
    const output = await project.pulumi('preview');
    expect(output).toMatch(/darkroom\/Deployment\/darkroom\/develop\s+create/);
    expect(await cluster.kubectl(['get', 'namespaces', '-o', 'name'])).not.toContain('namespace/darkroom');
  });

  test('up makes exactly what dist/ says, and waits until it is ready', async () => {
    await project.pulumi('up', '--yes', '--skip-preview');
    expect(await compareLive(cluster.kubectl, documents, PULUMI_ADDS)).toEqual([]);
    expect(await strangers(cluster.kubectl, NAMESPACES, documents)).toEqual([]);
    const ready = await cluster.kubectl(['get', ...develop, '-o', 'jsonpath={.status.readyReplicas}']);
    expect(Number(ready)).toBeGreaterThan(0);
  });

  test('a second up changes nothing', async () => {
    await project.pulumi('up', '--yes', '--skip-preview', '--expect-no-changes');
  });

  test('what somebody else changes is seen, and taken back only when that is meant', async () => {
    await cluster.kubectl(['set', 'env', ...develop, 'MEDDLED=yes']);
    await cluster.kubectl(['patch', ...develop, '-p', '{"spec":{"minReadySeconds":77}}']);
    const seen = await project.tryPulumi(['preview', '--expect-no-changes']);
    expect(seen.code).not.toBe(0);
    const refused = await project.tryPulumi(['up', '--yes']);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/conflict with "kubectl-patch"/);
    const repaired = await project.tryPulumi(['up', '--yes'], { PULUMI_K8S_ENABLE_PATCH_FORCE: 'true' });
    expect(repaired).toMatchObject({ code: 0 });
    // With it goes what kubectl has added.
    expect(await compareLive(cluster.kubectl, documents, PULUMI_ADDS)).toEqual([]);
  });

  test('an object that somebody deletes comes back', async () => {
    await cluster.kubectl(['delete', '--namespace', 'darkroom', 'poddisruptionbudget', 'develop']);
    await project.pulumi('up', '--yes', '--skip-preview');
    expect(await compareLive(cluster.kubectl, documents, PULUMI_ADDS)).toEqual([]);
  });

  test('a mistake in the program is one line, without a stack', async () => {
    await project.pulumi('config', 'set', 'environment', 'nowhere');
    const { code, output } = await project.tryPulumi(['preview']);
    await project.pulumi('config', 'set', 'environment', ENVIRONMENT);
    expect(code).not.toBe(0);
    expect(output).toContain('environment must be one of dev, staging');
    expect(output).not.toMatch(/^\s+at /m);
  });

  test('destroy leaves nothing', async () => {
    await project.pulumi('destroy', '--yes', '--skip-preview');
    expect(await cluster.kubectl(['get', 'namespaces', '-o', 'name'])).not.toContain('darkroom');
    expect(await cluster.kubectl(['get', 'priorityclasses', '-o', 'name'])).not.toContain('darkroom');
    const state = JSON.parse(await project.pulumi('stack', 'export'));
    expect(state.deployment.resources ?? []).toEqual([]);
  });
});
