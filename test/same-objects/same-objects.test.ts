import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { AGENTS_NAMESPACE, NAMESPACE } from '../../charts/places';
import { tryKubectl } from '../../tools/cluster/kubectl';
import { differences, expectedObjects, type LiveObjects, liveObjects } from '../live/compare-live';
import { strangers } from '../live/strangers';
import { temporaryFolder } from '../temporary-folder';
import { ENVIRONMENTS, type Manifests } from './manifests';
import { storageFor } from './volumes';
import type { Way } from './ways';
import { arePrograms, makeWorld, type World } from './world';

const WAYS = ['kubectl', 'Pulumi', 'Argo CD'] as const;
const NAMESPACES = [NAMESPACE, AGENTS_NAMESPACE];

(arePrograms() ? describe : describe.skip)('live objects are those of dist/', () => {
  let world: World;

  beforeAll(async () => {
    world = await makeWorld();
  });
  afterAll(() => world?.end());

  /** Volumes that were claimed are good for nobody else. */
  async function provideVolumes({ documents }: Manifests): Promise<void> {
    await world.kubectl(['delete', 'persistentvolumes', '--all']);
    const items = storageFor(documents);
    await world.kubectl(['apply', '--server-side', '-f', '-'], listOf(items));
  }

  // What a test that failed has left.
  afterEach(async () => {
    await world.kubectl(['delete', 'applications.argoproj.io', '--all', '--namespace=argocd']);
    await world.kubectl(['delete', 'namespace', '--ignore-not-found', ...NAMESPACES]);
  });

  /** Where the cluster is unlike the manifests, and what is in it besides. */
  async function unlike({ documents }: Manifests, expected: LiveObjects, { adds }: Way): Promise<string[]> {
    const live = await liveObjects(world.kubectl, documents);
    const others = await strangers(world.kubectl, NAMESPACES, documents);
    return [
      ...differences(expected, live, adds),
      ...others.map((stranger) => `${stranger} is in no manifest`),
    ];
  }

  describe.each(ENVIRONMENTS.map((manifests) => [manifests.name, manifests] as const))(
    'of %s',
    (_, manifests) => {
      let expected: LiveObjects;

      beforeAll(async () => {
        expected = await expectedObjects(manifests.documents);
        expect(expected.size).toBe(manifests.documents.length);
      });

      test.each(WAYS)('by %s, which takes all of them away again', async (name) => {
        const way = world.ways[name];
        await provideVolumes(manifests);
        await way.deploy(manifests);
        expect(await unlike(manifests, expected, way)).toEqual([]);
        await way.remove(manifests);
        expect((await liveObjects(world.kubectl, manifests.documents)).size).toBe(0);
      });
    },
  );

  test('by kubectl again after a later commit and a rollback, as docs/deploy.md says it', async () => {
    const [dev] = ENVIRONMENTS.filter(({ name }) => name === 'dev');
    if (dev === undefined) throw new Error('dist/ has no dev');
    const expected = await expectedObjects(dev.documents);
    const way = world.ways.kubectl;
    const apply = (folder: string, ...flags: string[]) =>
      tryKubectl(world.access, ['apply', '--server-side', '-k', folder, ...flags]);
    const develop = ['deployment/develop', '--namespace', NAMESPACE];
    await provideVolumes(dev);
    await way.deploy(dev);

    const later = laterCommit(dev);
    expect(await apply(later)).toMatchObject({ code: 0 });
    const changed = await unlike(dev, expected, way);
    expect(changed).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^Deployment\.apps darkroom\/develop: \/spec\/template\/spec\/containers/),
        'ConfigMap darkroom/later is in no manifest',
      ]),
    );

    await way.deploy(dev);
    // kubectl takes nothing away by itself.
    expect(await unlike(dev, expected, way)).toEqual(['ConfigMap darkroom/later is in no manifest']);
    await world.kubectl(['delete', 'configmap', 'later', '--namespace', NAMESPACE]);
    expect(await unlike(dev, expected, way)).toEqual([]);
    await world.kubectl(['rollout', 'status', ...develop, '--timeout=240s']);

    // What `rollout undo` sets is somebody else's for the next apply.
    expect(await apply(later)).toMatchObject({ code: 0 });
    await world.kubectl(['rollout', 'undo', ...develop]);
    expect(await apply(later)).toMatchObject({ code: 1, stderr: expect.stringContaining('conflict') });
    expect(await apply(later, '--force-conflicts')).toMatchObject({ code: 0 });
  });
});

/** The manifests of an environment in a folder as a later commit might have them: another image, and one object more. */
function laterCommit({ folder }: Manifests): string {
  const later = temporaryFolder();
  cpSync(folder, later, { recursive: true });
  const file = join(later, 'darkroom.k8s.yaml');
  const text = readFileSync(file, 'utf8');
  const image = text.replace(/(\/develop:\S*@sha256:)[0-9a-f]{64}/g, `$1${'0'.repeat(64)}`);
  if (image === text) throw new Error(`${file} has no image of develop`);
  const metadata = { name: 'later', namespace: NAMESPACE };
  const object = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { more: 'yes' } });
  writeFileSync(file, `${image}---\n${object}\n`);
  return later;
}

function listOf(items: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
