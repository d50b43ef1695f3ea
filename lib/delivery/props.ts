import type { AppProject } from './app-project';

/** A cluster, and the namespaces of it. */
export interface ArgoDestination {
  /**
   * Name under which Argo CD knows the cluster, or the URL of its API server.
   * @default 'in-cluster': the one that Argo CD runs in
   */
  readonly cluster?: string;
  /** Namespaces that objects may lie in; `*` stands for any text, as in `darkroom-*`. */
  readonly namespaces: readonly string[];
}

/** A kind of object. */
export interface ArgoKind {
  /**
   * Group of its API, such as `scheduling.k8s.io`.
   * @default '': the core group, of Namespace and Pod
   */
  readonly group?: string;
  /** The kind, such as `PriorityClass`. */
  readonly kind: string;
}

/** Properties of an {@link AppProject}. */
export interface AppProjectProps {
  /**
   * For whom the project is, in one sentence.
   * @default none
   */
  readonly description?: string;
  /** URLs of the git repositories that manifests come from; `*` stands for any text. */
  readonly repositories: readonly string[];
  /** Where manifests may go. */
  readonly destinations: readonly ArgoDestination[];
  /**
   * Kinds that lie in no namespace and may be deployed.
   * @default none: not even a Namespace
   */
  readonly clusterKinds?: readonly ArgoKind[];
  /**
   * Name of the project.
   * @default the id of the construct
   */
  readonly name?: string;
  /**
   * Namespace of Argo CD.
   * @default that of the chart
   */
  readonly namespace?: string;
}

/** Manifests in git. */
export interface ArgoRepository {
  /** URL that Argo CD clones: `https://`, `ssh://`, `git@HOST:PATH` or `file://`. */
  readonly repository: string;
  /**
   * Branch, tag or commit.
   * @default 'HEAD': the newest commit of the default branch
   */
  readonly revision?: string;
}

/** A folder of manifests in git. */
export interface ArgoSource extends ArgoRepository {
  /** The folder, relative to the repository, such as `dist/staging`. */
  readonly path: string;
}

/** What Argo CD does by itself. */
export interface ArgoSync {
  /**
   * Whether objects whose manifest is gone from git are deleted.
   * @default true
   */
  readonly prune?: boolean;
  /**
   * Whether what others change in the cluster is set back.
   * @default true
   */
  readonly selfHeal?: boolean;
  /**
   * How often a sync that failed is tried again, after 5 s, 10 s, 20 s and so on, at most 3 minutes.
   * @default 5
   */
  readonly retries?: number;
}

/** A difference between git and the cluster that is meant. Most need none: see docs/argocd.md. */
export interface ArgoIgnored extends ArgoKind {
  /**
   * Name of the object.
   * @default every object of the kind
   */
  readonly name?: string;
  /**
   * Namespace of the object.
   * @default every namespace
   */
  readonly namespace?: string;
  /** JSON pointers to the fields (RFC 6901), such as `/spec/template/spec/priority`. */
  readonly pointers: readonly string[];
  /** Who else writes them, and why that is right, in one sentence; Argo CD shows it beside the application. */
  readonly reason: string;
}

/** What an Application and those of an ApplicationSet have in common. */
export interface ArgoDelivery {
  /** The project that allows it: its construct, or its name. */
  readonly project: AppProject | string;
  /**
   * Namespace of objects that name none. The project has to allow it even if every object names its own.
   * @default the first one that the project allows for the cluster; none where the project is only named
   */
  readonly defaultNamespace?: string;
  /**
   * What happens without a person; `'manual'`: nothing, somebody starts each sync.
   * @default all of it: manifests are applied as they come, objects without one are deleted, other changes are set back
   */
  readonly sync?: 'manual' | ArgoSync;
  /**
   * Differences that are meant. They are left as they are in the cluster, also by a sync.
   * @default none
   */
  readonly ignored?: readonly ArgoIgnored[];
  /**
   * What becomes of the deployed objects when the Application is deleted.
   * @default 'retain': they go on running
   */
  readonly whenDeleted?: 'retain' | 'delete';
  /**
   * Namespace of Argo CD.
   * @default that of the chart
   */
  readonly namespace?: string;
}

/** Properties of an {@link ArgoApplication}. */
export interface ArgoApplicationProps extends ArgoDelivery {
  /** Where the manifests are. */
  readonly source: ArgoSource;
  /**
   * Name under which Argo CD knows the cluster, or the URL of its API server.
   * @default 'in-cluster': the one that Argo CD runs in
   */
  readonly cluster?: string;
  /**
   * Name of the Application.
   * @default the id of the construct
   */
  readonly name?: string;
}

/** One Application of a list. */
export interface ArgoPlace {
  /** What the place is called: the end of the Application's name. */
  readonly name: string;
  /** The folder of its manifests, such as `dist/staging`. */
  readonly path: string;
  /**
   * Name under which Argo CD knows the cluster, or the URL of its API server.
   * @default 'in-cluster': the one that Argo CD runs in
   */
  readonly cluster?: string;
  /**
   * Branch, tag or commit.
   * @default that of the ApplicationSet
   */
  readonly revision?: string;
}

/** An Application for each place of a list, such as each environment of a program. */
export interface ArgoPlaces {
  readonly kind: 'places';
  /** The places. */
  readonly places: readonly ArgoPlace[];
}

/** An Application for each cluster that Argo CD knows by these labels, such as each site at the edge. */
export interface ArgoClusters {
  readonly kind: 'clusters';
  /** Labels of the Secrets that make the clusters known to Argo CD. */
  readonly labels: Readonly<Record<string, string>>;
  /** The folder that all of them get, such as `dist/edge`. */
  readonly path: string;
}

/** An Application for each folder in git, for the cluster that is called as the folder is. */
export interface ArgoFolders {
  readonly kind: 'folders';
  /** Which folders, such as `dist/*`. */
  readonly path: string;
  /**
   * Folders among them that are left out.
   * @default none
   */
  readonly except?: readonly string[];
  /**
   * Name under which Argo CD knows the one cluster of them all, or the URL of its API server.
   * @default each folder's own: the cluster that Argo CD knows by the folder's name
   */
  readonly cluster?: string;
}

/** Properties of an {@link ArgoApplicationSet}. */
export interface ArgoApplicationSetProps extends ArgoDelivery {
  /** Where the manifests are. */
  readonly source: ArgoRepository;
  /** What there is an Application for. Each is called `NAME-PLACE`, `NAME-CLUSTER` or `NAME-FOLDER`. */
  readonly each: ArgoPlaces | ArgoClusters | ArgoFolders;
  /**
   * Name of the ApplicationSet, and the beginning of the names of its Applications.
   * @default the id of the construct
   */
  readonly name?: string;
}
