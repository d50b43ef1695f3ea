import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { foundProgram } from '../found-program';
import { compareLive, defineResources, type Kubectl } from '../live/compare-live';
import type { Document } from '../live/normalise';

/** The manifests of an environment. */
interface Manifests {
  readonly name: string;
  readonly folder: string;
  readonly documents: readonly Document[];
}

const { startApiServer } = require('../../tools/cluster/api-server.cjs');
const { environmentsIn } = require('../../tools/manifests/environments.cjs');

const environments: Manifests[] = environmentsIn(join(__dirname, '../../dist'));

const programs = foundProgram('cluster/build.sh', 'newest');

(programs === undefined ? describe.skip : describe)('what kubectl applies', () => {
  let server: { kubectl(args: string[], input?: string): Promise<Record<string, string>>; stop(): void };
  const kubectl: Kubectl = async (args, input) => {
    const { status, stdout = '', stderr } = await server.kubectl([...args], input);
    if (Number(status) !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  };

  afterEach(() => server?.stop());

  // With an Ingress, and with a kind of a CRD.
  test.each(['dev', 'production-gcp'])(
    'of %s is what dist/ says, and a change of it is seen',
    async (name) => {
      server = await startApiServer('newest');
      const found = environments.find((it) => it.name === name);
      if (found === undefined) throw new Error(`dist/ has no ${name}`);
      const { folder, documents } = found;
      await defineResources(kubectl, documents);
      const first: Document[] = documents.filter(({ kind }) => kind === 'Namespace');
      await kubectl(
        ['apply', '--server-side', '-f', '-'],
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: first }),
      );
      await kubectl(['apply', '--server-side', '-k', folder]);
      expect(await compareLive(kubectl, documents)).toEqual([]);
      await kubectl([
        'patch',
        '--namespace',
        'darkroom',
        'deployment/develop',
        '-p',
        '{"spec":{"minReadySeconds":77}}',
      ]);
      expect(await compareLive(kubectl, documents)).toEqual([
        expect.stringMatching(
          /^Deployment\.apps darkroom\/develop: \/spec\/minReadySeconds is 77, expected \d+$/,
        ),
      ]);
    },
  );
});
