// Darkroom in dev, as a repository that Argo CD reads has it: `settings.json` beside it says how it is run there.
import { readFileSync } from 'node:fs';
import { DarkroomAgents } from '../../../charts/agents';
import { Darkroom } from '../../../charts/darkroom';
import { AGENTS_NAMESPACE, PLACES } from '../../../charts/places';
import { CapstanApp, Environment, type GoAppRef } from '../../../lib';

/** What a commit may change. */
export interface Settings {
  /** Pages that a pod of `crawl` fetches at the same time. */
  readonly crawlConcurrency: number;
  /** Fewest pods of `develop`; the most are 4. */
  readonly developMin: number;
  /** Whether there are agents on the nodes. */
  readonly hasAgents: boolean;
}

const settings = JSON.parse(readFileSync('settings.json', 'utf8')) as Settings;
// Simulated nodes pull no images, so that none have to be built.
const digest = `sha256:${'0'.repeat(64)}`;
const images = { resolve: ({ repository }: GoAppRef) => ({ reference: `${repository}:test@${digest}` }) };
const app = new CapstanApp({ images });
const { dev } = PLACES;
if (dev === undefined) throw new Error('there is no place dev');
const { environment, site } = dev;
const place = new Environment(app, 'dev', environment);
new Darkroom(place, 'darkroom', {
  ...site,
  crawl: { ...site.crawl, concurrency: settings.crawlConcurrency },
  develop: { ...site.develop, min: settings.developMin },
});
if (settings.hasAgents) new DarkroomAgents(place, 'agents', AGENTS_NAMESPACE);
app.synth();
