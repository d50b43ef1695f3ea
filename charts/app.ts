import { CapstanApp, type CapstanAppProps, Environment } from '../lib';
import { DarkroomAgents } from './agents';
import { Darkroom } from './darkroom';
import { AGENTS_NAMESPACE, PLACES } from './places';

/**
 * The reference platform at the places that it runs at, an environment each.
 *
 * @param places names of the places; all of them unless said otherwise
 */
export function darkroomApp(props?: CapstanAppProps, places = Object.keys(PLACES)): CapstanApp {
  const app = new CapstanApp(props);
  for (const [name, { environment, site }] of Object.entries(PLACES).filter(([it]) => places.includes(it))) {
    const place = new Environment(app, name, environment);
    new Darkroom(place, 'darkroom', site);
    new DarkroomAgents(place, 'agents', AGENTS_NAMESPACE);
  }
  return app;
}
