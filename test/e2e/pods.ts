/** A pod template with a shell that runs a script, as Pod Security restricted takes it. */
export function shellPod(script: string, mounts: Readonly<Record<string, string>> = {}): object {
  return {
    terminationGracePeriodSeconds: 0,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containers: [
      {
        name: 'shell',
        image: 'capstan.local/busybox:1',
        command: ['/bin/sh', '-c', script],
        resources: { requests: { cpu: '1m', memory: '8Mi' }, limits: { memory: '32Mi' } },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        volumeMounts: Object.entries(mounts).map(([name, mountPath]) => ({ name, mountPath })),
      },
    ],
  };
}
