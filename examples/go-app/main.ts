import { CapstanApp } from 'capstan';
import { goApp } from './program';

const app = new CapstanApp();
goApp(app);
app.synth();
