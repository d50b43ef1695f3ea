import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accessTo } from '../control-plane';
import { thirdPartyImage } from '../image-cache';
import { applyObjects } from '../kubectl';
import { isRunning, serves, start } from '../processes';
import { built } from '../programs';
import { imagesProgram, serveThirdParty } from '../registry';
import { adminConfig } from '../state';
import type { Addon } from './addon';

const NAMESPACE = 'local-path-storage';
const IMAGE = 'capstan.local/busybox:1';

/** Volumes that are folders of the real node; the class `local-path`, which is the default. */
export const localPath: Addon = {
  purpose: 'volumes of the class local-path',
  needsRealNode: true,
  programs: { '/bin/busybox': 'busybox-static' },
  async prepare() {
    await thirdPartyImage(IMAGE, await imagesProgram());
    await built('cluster/addons/local-path.sh');
  },
  async start(cluster) {
    const { folder } = cluster;
    await serveThirdParty(cluster, [IMAGE]);
    mkdirSync(join(folder, 'volumes'), { recursive: true, mode: 0o711 });
    const node = 'DEFAULT_PATH_FOR_NON_LISTED_NODES';
    const paths = { nodePathMap: [{ node, paths: [join(folder, 'volumes')] }] };
    const config = join(folder, 'config', 'local-path.json');
    writeFileSync(config, JSON.stringify(paths));
    const helper = join(folder, 'config', 'local-path-pod.json');
    writeFileSync(helper, JSON.stringify(helperPod()));
    await applyObjects(accessTo(cluster), objects());
    const args = [
      ...['start', '--kubeconfig', adminConfig(cluster), '--config', config, '--namespace', NAMESPACE],
      ...['--service-account-name', 'helper', '--helper-image', IMAGE, '--helper-pod-file', helper],
    ];
    start(cluster, { name: 'local-path', program: await built('cluster/addons/local-path.sh'), args });
    await serves(cluster, 'local-path', async () => isRunning(cluster, 'local-path'));
  },
};

/** Makes and removes the folder of a volume. */
function helperPod(): object {
  const containers = [{ name: 'helper-pod', image: IMAGE }];
  const spec = { terminationGracePeriodSeconds: 0, containers };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'helper-pod' }, spec };
}

function objects(): object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'helper', namespace: NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'local-path-config', namespace: NAMESPACE },
      data: {
        setup: '#!/bin/sh\nset -eu\nmkdir -m 0777 -p "$VOL_DIR"\n',
        teardown: '#!/bin/sh\nset -eu\nrm -rf "$VOL_DIR"\n',
      },
    },
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: {
        name: 'local-path',
        annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
      },
      provisioner: 'rancher.io/local-path',
      volumeBindingMode: 'WaitForFirstConsumer',
      reclaimPolicy: 'Delete',
    },
  ];
}
