import { readFileSync } from 'node:fs';
import { serves, start } from '../processes';
import { built } from '../programs';
import { adminConfig, logOf } from '../state';
import type { Addon } from './addon';

/** Enforces NetworkPolicies on the real node. */
export const netpol: Addon = {
  purpose: 'enforces NetworkPolicies',
  needsRealNode: true,
  prepare: () => built('cluster/addons/netpol/build.sh'),
  async start(cluster) {
    const args = ['-kubeconfig', adminConfig(cluster)];
    start(cluster, { name: 'netpol', program: await built('cluster/addons/netpol/build.sh'), args });
    await serves(cluster, 'netpol', async () =>
      readFileSync(logOf(cluster, 'netpol'), 'utf8').includes('enforces'),
    );
  },
};
