import { CapstanApp } from '../../lib';
import { Delivery } from './delivery';

// Argo CD reads these manifests as well: projects come before what is of them.
const app = new CapstanApp({ syncWaves: true });
new Delivery(app, 'delivery', {
  source: { repository: 'https://git.example.com/darkroom.git', revision: 'main' },
});
app.synth();
