import { writeSync } from 'node:fs';
import { App, type AppProps } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { DEFAULT_LOCK_FILE, DEFAULT_REGISTRY, setAppSettings } from './app-settings';
import { capacityPool } from './capacity/pools';
import { resolveImage } from './codegen/image-lock';
import { checkVersions } from './environment/check-versions';
import { environmentsBelow, requireEnvironment } from './environment/choose';
import type { ImageResolver } from './image-resolver';
import type { JsonObject } from './json-value';
import {
  appsOf,
  aroundOf,
  type ClusterModel,
  MODEL_DOCUMENTS_VARIABLE,
  MODEL_VARIABLE,
  type ProgramModel,
  servicesOf,
  workersOf,
} from './model';
import { formatProblem } from './plan/problem';
import type { ClusterSpec } from './plan/spec';
import type { CustomSchemas } from './schema/custom-schemas';
import { requireOptions } from './shape/require-shape';
import { SpecError, type TreeProblem } from './spec-error';
import { restoreAfterFailure } from './synth/committed/cdk8s-cli';
import { compareManifests } from './synth/committed/compare';
import { constructMetadata, METADATA_FILE } from './synth/construct-metadata';
import { type RenderedChart, renderCharts } from './synth/documents';
import { watchIncludes } from './synth/included';
import { type Layout, layOut } from './synth/layout';
import { objectGraph, type SynthesizedObject } from './synth/object-graph';
import { recordSynthesis } from './synth/receipt';
import { stringifyYaml } from './synth/stringify-yaml';
import { unusedIn } from './synth/unused-acknowledgements';
import { validateTree } from './synth/validate-tree';
import { writeAtomically } from './synth/write-atomically';
import { writeManifests, writtenBeside } from './synth/write-manifests';

/** Properties of {@link CapstanApp}. */
export interface CapstanAppProps extends AppProps {
  /**
   * Registry of the images of apps without a `repository` of their own.
   * @default 'localhost:5000'
   */
  readonly registry?: string;
  /**
   * Clusters that the manifests have to work on.
   * @default oldest: '1.32'
   */
  readonly cluster?: ClusterSpec;
  /**
   * The committed file with the digests of images, relative to the folder that the program runs in.
   * @default 'images.lock.json'
   */
  readonly lockFile?: string;
  /**
   * Where images come from.
   * @default the lock file, which `capstan image build` renews
   */
  readonly images?: ImageResolver;
  /**
   * CRDs that documents are checked against besides those that Capstan knows.
   * @default none: documents of other kinds are not checked
   */
  readonly schemas?: readonly CustomSchemas[];
  /**
   * Whether documents carry Argo CD's sync waves: namespaces and CRDs come first and are pruned last, and what a program
   * makes depend on something (`node.addDependency`) comes after it, once that is healthy. Nothing else gets a wave.
   * @default false: Argo CD applies everything in its own order of kinds, and waits for nothing
   */
  readonly syncWaves?: boolean;
}

/** Which documents of a {@link CapstanApp} are meant. */
export interface DocumentsOptions {
  /**
   * Name of the environment that they are for.
   * @default those of all environments, and of charts outside of one
   */
  readonly environment?: string;
}

/**
 * A cdk8s app that checks the whole tree, lists everything that is wrong with it at once, and then writes nothing.
 *
 * ```ts
 * const app = new CapstanApp();
 * new Chart(new Environment(app, 'dev'), 'studio', { namespace: 'dev' });
 * app.synth();
 * ```
 *
 * With the variable `CAPSTAN_MODEL` set to a path, {@link synth} writes a {@link ProgramModel} there instead.
 */
export class CapstanApp extends App {
  /** The app that a construct stands in; `undefined` when that is not a `CapstanApp`. */
  static find(construct: IConstruct): CapstanApp | undefined {
    const { root } = construct.node;
    return root instanceof CapstanApp ? root : undefined;
  }

  /** Registry of the images of apps without a `repository` of their own. */
  readonly registry: string;
  /** The committed file with the digests of images. */
  readonly lockFile: string;
  /** Clusters that the manifests have to work on. */
  readonly cluster: ClusterSpec;
  /** Where images come from. */
  readonly images: ImageResolver;
  /** CRDs that documents are checked against besides those that Capstan knows. */
  readonly schemas: readonly CustomSchemas[];
  /** Whether documents carry Argo CD's sync waves where environments say nothing else. */
  readonly syncWaves: boolean;
  private readonly recordsMetadata: boolean;
  private readonly writer = Symbol('app');

  constructor(props: CapstanAppProps = {}) {
    requireOptions('CapstanApp', props);
    super(props);
    watchIncludes();
    this.registry = props.registry ?? DEFAULT_REGISTRY;
    this.lockFile = props.lockFile ?? DEFAULT_LOCK_FILE;
    this.cluster = props.cluster ?? {};
    this.images = props.images ?? { resolve: (app) => resolveImage(app, this.lockFile) };
    this.schemas = props.schemas ?? [];
    this.syncWaves = props.syncWaves ?? false;
    setAppSettings(this, this);
    this.node.addValidation({ validate: () => checkVersions(this.cluster, 'cluster').map(formatProblem) });
    this.recordsMetadata =
      props.recordConstructMetadata ?? process.env.CDK8S_RECORD_CONSTRUCT_METADATA === 'true';
    restoreAfterFailure(this.outdir);
  }

  /**
   * Writes the manifests into {@link outdir}: changed files in one step each, unchanged ones not at all; manifests
   * of an earlier run that are no longer wanted are removed. Apps of one program may share a folder. Before that they
   * are compared with those of the last commit, see docs/adr/0017. Acknowledgements that set nothing aside are listed on
   * stderr.
   *
   * @throws SpecError with every problem of the tree; then nothing is written
   * @throws ManifestWriteError when the folder cannot be written, or holds another's file by the name of a manifest
   */
  override synth(): void {
    const modelFile = process.env[MODEL_VARIABLE];
    if (modelFile !== undefined && modelFile !== '') {
      writeAtomically(modelFile, `${JSON.stringify(this.model(), undefined, 2)}\n`);
      return;
    }
    const charts = this.render();
    const beside = writtenBeside(this.outdir, this.writer);
    const files = new Map(
      [...this.layOut(charts)].map(([name, documents]) => [name, stringifyYaml(documents)]),
    );
    if (this.recordsMetadata) files.set(METADATA_FILE, constructMetadata(charts));
    let isCompared = false;
    writeManifests(this.outdir, files, this.writer, () => {
      isCompared = compareManifests(charts, { folder: this.outdir, files, beside });
    });
    const { lasting, passing } = unusedIn(this, isCompared);
    for (const line of [...lasting, ...passing]) writeSync(process.stderr.fd, `${line}\n`);
    recordSynthesis(this.outdir, lasting.length);
  }

  /**
   * All documents as one YAML text.
   *
   * @throws SpecError with every problem of the tree
   */
  override synthYaml(): string {
    return stringifyYaml(this.documents());
  }

  /** The names of the environments, in the order of the tree. */
  get environments(): readonly string[] {
    return environmentsBelow(this).map(({ name }) => name);
  }

  /**
   * All documents, or those of one environment, dependencies first.
   *
   * @throws SpecError with every problem of the tree, and when no environment has the name
   */
  documents(options: DocumentsOptions = {}): readonly JsonObject[] {
    return documentsOf(this.chartsOf(options));
  }

  /**
   * The same documents, with the construct that each comes from and what has to be in the cluster before it: for tools
   * that deploy object by object, as `capstan/pulumi` does. An object that others depend on stands before them, so the
   * order may differ from that of {@link documents}.
   *
   * @throws SpecError with every problem of the tree, and when no environment has the name
   */
  objects(options: DocumentsOptions = {}): readonly SynthesizedObject[] {
    return objectGraph(this.chartsOf(options));
  }

  /**
   * What the `capstan` command learns about this program. Never throws for a mistake in the tree or in its documents: it
   * lists all that {@link synth} would, but for changes of what is committed, which depend on images.
   */
  model(): ProgramModel {
    const { charts = [], problems } = this.attempt();
    const isAsked = process.env[MODEL_DOCUMENTS_VARIABLE] === '1' && problems.length === 0;
    return {
      version: 1,
      problems,
      images: { registry: this.registry, lockFile: this.lockFile },
      workers: workersOf(this),
      services: servicesOf(this),
      apps: appsOf(this),
      around: aroundOf(this),
      ...(isAsked && this.documentsByPlace(charts)),
    };
  }

  private documentsByPlace(charts: readonly RenderedChart[]): Pick<ProgramModel, 'clusters' | 'documents'> {
    const within = (environment: RenderedChart['environment']) =>
      documentsOf(charts.filter((chart) => chart.environment === environment));
    const clusters = environmentsBelow(this).map(
      (environment): ClusterModel => ({
        environmentName: environment.name,
        nodePools: environment.nodePools.map(capacityPool),
        documents: within(environment),
      }),
    );
    return { clusters, documents: within(undefined) };
  }

  /** The charts, or everything that keeps them from being written. */
  private attempt(): { readonly charts?: RenderedChart[]; readonly problems: readonly TreeProblem[] } {
    try {
      const charts = this.render();
      this.layOut(charts);
      return { charts, problems: [] };
    } catch (error) {
      if (error instanceof SpecError) return { problems: error.problems };
      throw error;
    }
  }

  private layOut(charts: readonly RenderedChart[]): Layout {
    return layOut(charts, {
      type: this.yamlOutputType,
      extension: this.outputFileExtension,
      beside: writtenBeside(this.outdir, this.writer),
    });
  }

  private chartsOf({ environment }: DocumentsOptions): RenderedChart[] {
    if (environment !== undefined) requireEnvironment(this.environments, environment);
    const charts = this.render();
    return environment === undefined
      ? charts
      : charts.filter((chart) => chart.environment?.name === environment);
  }

  private render(): RenderedChart[] {
    return renderCharts(this, validateTree(this));
  }
}

function documentsOf(charts: readonly RenderedChart[]): JsonObject[] {
  return charts.flatMap(({ objects }) => objects.map(({ document }) => document));
}
