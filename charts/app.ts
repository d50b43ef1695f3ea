import { CapstanApp, type CapstanAppProps, Environment } from '../lib';
import { DarkroomAgents } from './agents';
import { Darkroom } from './darkroom';
import { AGENTS_NAMESPACE, PLACES } from './places';

/** The reference platform at every place that it runs at: an environment each. */
export function darkroomApp(props?: CapstanAppProps): CapstanApp {
  const app = new CapstanApp(props);
  for (const [name, { environment, site }] of Object.entries(PLACES)) {
    const place = new Environment(app, name, environment);
    new Darkroom(place, 'darkroom', site);
    new DarkroomAgents(place, 'agents', AGENTS_NAMESPACE);
  }
  return app;
}
