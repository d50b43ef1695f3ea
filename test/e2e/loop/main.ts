// The program of the loop, which `capstan status` asks for its plans.
import { loopApp } from './photo-loop';

loopApp('.capstan/loop', 'hpa').synth();
