import { CapstanApp } from 'capstan';
import { myApp } from './program';

const app = new CapstanApp();
myApp(app);
app.synth();
