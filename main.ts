import { DarkroomAgents } from './charts/agents';
import { Darkroom } from './charts/darkroom';
import { AGENTS_NAMESPACE, PLACES } from './charts/places';
import { CapstanApp, Environment } from './lib';

const app = new CapstanApp();
for (const [name, { environment, site }] of Object.entries(PLACES)) {
  const place = new Environment(app, name, environment);
  new Darkroom(place, 'darkroom', site);
  new DarkroomAgents(place, 'agents', AGENTS_NAMESPACE);
}
app.synth();
