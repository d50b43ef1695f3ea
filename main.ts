import { darkroomApp } from './charts/app';

darkroomApp().synth();
