import { Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { type Environment, GoApp, NodeAgent, refine, set } from '../lib';

/** What runs on every node, in a namespace that lets it reach into the node. */
export class DarkroomAgents extends Chart {
  /** Counts what the containers of each node log. */
  readonly tail: NodeAgent;

  constructor(environment: Environment, id: string, namespace: string) {
    super(environment, id, { namespace, labels: { 'app.kubernetes.io/part-of': 'darkroom' } });
    this.tail = new NodeAgent(this, 'tail', {
      app: GoApp.fromDirectory('apps/tail', { kind: 'program' }),
      needs: { hostPaths: [{ path: '/var/log/pods' }] },
      resources: { cpu: { request: Cpu.millis(10) }, memory: Size.mebibytes(48) },
    });
    // The kubelet's log files are root's, and its group may read them: no reason to be root.
    refine(this.tail.daemonSet, set('/spec/template/spec/securityContext/supplementalGroups', [0]));
  }
}
