// The reference platform by `pulumi up`: one stack an environment. See docs/pulumi.md.
import { join } from 'node:path';
import { Config } from '@pulumi/pulumi';
import { darkroomApp } from '../../charts/app';
import { CapstanStack, clusterProvider, type ObjectOptions } from '../../lib/pulumi';

/** Kinds that hold data, or whose end is the end of data. */
const KEEPS_DATA = new Set(['Namespace', 'PersistentVolumeClaim', 'StatefulSet']);

// Apps and images are named relative to the folder of the program.
process.chdir(join(__dirname, '../..'));

const config = new Config();
const protects = config.getBoolean('protect') ?? false;
new CapstanStack('darkroom', {
  app: darkroomApp(),
  environment: config.require('environment'),
  provider: clusterProvider('cluster', { context: config.require('context') }),
  options: ({ document }): ObjectOptions => ({ protect: protects && KEEPS_DATA.has(String(document.kind)) }),
});
