import type { Duration } from 'cdk8s';
import type { Job } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { appSettingsOf } from '../../app-settings';
import { Environment } from '../../environment/environment';
import { GoApp } from '../../go-app';
import { describeApp } from '../../model';
import { formatProblem } from '../../plan/problem';
import { findImage } from '../../workload/image';
import type { PlacementProps } from '../../workload/placement';
import { jobIdentity } from '../declaration-job';
import type { NatsReach } from './stream';
import { type StreamJobsInput, streamJob } from './stream-job';
import type { DeclaredStream } from './stream-settings';

/** What the Jobs for a cluster's streams are made from. */
export interface StreamJobsProps extends Pick<PlacementProps, 'nodePool' | 'priority'> {
  /** Name of the cluster. */
  readonly cluster: string;
  readonly reach: NatsReach;
  readonly jobTtl?: Duration;
}

/** The Jobs that make a cluster's streams, and what they have in common. Without streams there is nothing of it. */
export class StreamJobs {
  /** Name of what they have in common. */
  readonly name: string;
  /** The Jobs, in the order of the streams' declaration. */
  readonly made: Job[] = [];
  private common: StreamJobsInput | undefined;

  constructor(
    private readonly scope: Construct,
    private readonly props: StreamJobsProps,
  ) {
    this.name = `${props.cluster}-streams`;
  }

  /** Adds the Job for a stream. */
  add(declared: DeclaredStream): void {
    this.common ??= this.shared();
    this.made.push(streamJob(this.scope, this.common, declared));
  }

  /** Identity, network and image of all Jobs. */
  private shared(): StreamJobsInput {
    const { name, props } = this;
    const { cluster, reach, nodePool, priority, jobTtl } = props;
    const scope = new Construct(this.scope, 'Streams');
    const environment = Environment.find(scope);
    const settings = appSettingsOf(scope);
    const app = GoApp.shipped('streams');
    const registry = environment?.registry ?? settings.registry;
    const goApp = app.reference(registry);
    const image = findImage(goApp, settings);
    this.scope.node.addValidation({ validate: () => image.problems.map(formatProblem) });
    describeApp(scope, () => ({
      path: this.scope.node.path,
      name,
      ...(environment !== undefined && { environmentName: environment.name }),
      app: app.describe(registry),
    }));
    const identity = jobIdentity(scope, {
      name,
      app: goApp.name,
      connection: reach.connection,
      ...(nodePool !== undefined && { nodePool }),
      ...(priority !== undefined && { priority }),
    });
    return { cluster, identity, image: image.reference, reach, ttl: jobTtl };
  }
}
