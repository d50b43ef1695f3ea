// Writes the manifests of every construct in every environment, for the checks that run real programs.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../lib/package-root';
import { everyConstruct } from './app';

const folder = join(PACKAGE_ROOT, '.capstan', 'every-construct');
rmSync(folder, { recursive: true, force: true });
everyConstruct(folder).synth();
