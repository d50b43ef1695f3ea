import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chart } from 'cdk8s';
import { AGENTS_NAMESPACE, NAMESPACE } from '../../charts/places';
import { AppProject, ArgoApplication } from '../../lib';
import { exampleApp } from '../worker/example-worker';
import { DIST } from './manifests';

/** A git repository that holds dist/, and nothing else. */
export class DistRepository {
  private readonly folder = mkdtempSync(join(tmpdir(), 'capstan-dist-'));

  constructor() {
    this.git('init', '--quiet', '--initial-branch=main');
    cpSync(DIST, join(this.folder, 'dist'), { recursive: true });
    this.git('add', '--all');
    this.git('commit', '--quiet', '--message=Deliver Darkroom');
  }

  /** The commit that the main branch is at. */
  get head(): string {
    return this.git('rev-parse', 'HEAD').trim();
  }

  /** The objects that make Argo CD deliver an environment, into its own cluster, as a text. */
  delivery(environment: string): string {
    const app = exampleApp();
    const chart = new Chart(app, 'delivery', { namespace: 'argocd' });
    const repository = `file://${this.folder}`;
    const project = new AppProject(chart, 'darkroom', {
      repositories: [repository],
      destinations: [{ namespaces: [NAMESPACE, AGENTS_NAMESPACE] }],
      clusterKinds: [{ kind: 'Namespace' }, { group: 'scheduling.k8s.io', kind: 'PriorityClass' }],
    });
    new ArgoApplication(chart, environment, {
      project,
      source: { repository, revision: 'main', path: `dist/${environment}` },
      whenDeleted: 'delete',
    });
    return app.synthYaml();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private git(...args: readonly string[]): string {
    const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid'];
    return execFileSync('git', ['-C', this.folder, ...identity, ...args], { encoding: 'utf8' });
  }
}
