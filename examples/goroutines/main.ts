import { CapstanApp } from 'capstan';
import { goroutines } from './program';

const app = new CapstanApp();
goroutines(app);
app.synth();
