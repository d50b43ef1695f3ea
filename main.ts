import { Darkroom } from './charts/darkroom';
import { PLACES } from './charts/places';
import { CapstanApp, Environment } from './lib';

const app = new CapstanApp();
for (const [name, { environment, site }] of Object.entries(PLACES)) {
  new Darkroom(new Environment(app, name, environment), 'darkroom', site);
}
app.synth();
