import { Darkroom } from './charts/darkroom';
import { CapstanApp } from './lib';

const app = new CapstanApp();
new Darkroom(app, 'darkroom');
app.synth();
