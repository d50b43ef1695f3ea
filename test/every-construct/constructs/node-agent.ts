import { Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { Environment, GoApp, NodeAgent, type NodeAgentProps } from '../../../lib';

/** An agent that any namespace takes, and one that reads the node's files. */
export function add(chart: Chart): void {
  addAgent(chart, 'count', {});
  const agents = new Chart(Environment.of(chart), 'agents', { namespace: 'agents' });
  addAgent(agents, 'tail', { needs: { hostPaths: [{ path: '/var/log/pods' }], root: true } });
}

function addAgent(chart: Chart, id: string, props: Pick<NodeAgentProps, 'needs'>): void {
  new NodeAgent(chart, id, {
    app: GoApp.fromDirectory(`apps/${id}`, { kind: 'program' }),
    resources: { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(64) },
    ...props,
  });
}
