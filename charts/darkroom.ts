import { Chart, Duration, Size } from 'cdk8s';
import { PersistentVolumeAccessMode } from 'cdk8s-plus-27';
import {
  type CockroachCluster,
  type Environment,
  GoApp,
  type NatsCluster,
  type PostgresServer,
  type RedisServer,
  Source,
  VolumeClaim,
  WebService,
  Worker,
  WorkerCronJob,
} from '../lib';
import { broker, cache, catalog } from './servers';
import type { PhotosSite, Site, UploadSite } from './site';

/** What one photo may add to a pod's memory, in MiB: enough for 12 megapixels in any format but 4:4:4 progressive. */
const DEVELOP_MIB = 96;

/** Addresses that are not public (RFC 1918, 6598, 3927). */
const PRIVATE_ADDRESSES = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
];

/** The reference platform: a pipeline for photos that uses all of Capstan. */
export class Darkroom extends Chart {
  /** Where photos wait for `develop`; `undefined` where each pod has its own queue. */
  readonly broker: NatsCluster | undefined;
  /** The database of what is in the photos. */
  readonly catalog: PostgresServer | CockroachCluster | undefined;
  /** What is asked for often. */
  readonly cache: RedisServer | undefined;
  /** The photos and what is made from them. */
  readonly photos: VolumeClaim;
  /** Takes photos in, and enqueues them; `undefined` where they come by the folder. */
  readonly upload: WebService | undefined;
  /** Makes thumbnails and metadata without EXIF from photos: bound by CPU and memory. */
  readonly develop: Worker;
  /** Fetches the pages of a site, follows links and reports broken ones: bound by waiting. */
  readonly crawl: Worker;
  /** Removes what nobody needs any more, each night. */
  readonly sweep: WorkerCronJob;

  constructor(environment: Environment, id: string, site: Site) {
    super(environment, id, {
      namespace: environment.namespace,
      labels: { 'app.kubernetes.io/part-of': 'darkroom' },
    });
    this.photos = this.addPhotos(site.photos);
    this.broker = site.broker && broker(this, site.broker);
    this.catalog = site.catalog && catalog(this, site.catalog);
    this.cache = site.cache && cache(this, site.cache);
    this.upload = site.upload && this.addUpload(site.upload);
    this.develop = this.addDevelop(site);
    this.crawl = this.addCrawl(site);
    this.sweep = this.addSweep();
  }

  private addPhotos({ size, isShared }: PhotosSite): VolumeClaim {
    const { READ_WRITE_MANY, READ_WRITE_ONCE } = PersistentVolumeAccessMode;
    return new VolumeClaim(this, 'photos', { size, access: isShared ? READ_WRITE_MANY : READ_WRITE_ONCE });
  }

  private addUpload({ host, concurrency, min, max }: UploadSite): WebService {
    return new WebService(this, 'upload', {
      app: GoApp.fromDirectory('apps/upload', { kind: 'service' }),
      protocols: ['http', 'grpc-web'],
      // Bound by the network: a photo of some megabytes is written to the volume as it comes in.
      request: {
        cpuTime: Duration.millis(4),
        duration: { mean: Duration.millis(200), max: Duration.seconds(30) },
        memory: { base: Size.mebibytes(24), perRequest: Size.mebibytes(2) },
      },
      concurrency,
      scale: { min, max },
      expose: { host, paths: ['/photos'] },
      volumes: [this.photos.mount('/photos')],
      folders: { output: '/photos/in' },
      ...(this.broker !== undefined && { publish: this.broker.stream('photos').publisher() }),
    });
  }

  private addSweep(): WorkerCronJob {
    return new WorkerCronJob(this, 'sweep', {
      app: GoApp.fromDirectory('apps/sweep', { handler: 'New' }),
      schedule: '30 3 * * *',
      source: Source.memory({ seeds: [{ of: 'originals' }, { of: 'outputs' }] }),
      // A task is a folder of up to some thousand files, on a volume of the network.
      task: {
        cpuTime: Duration.millis(50),
        duration: { mean: Duration.millis(500), max: Duration.minutes(5) },
        memory: { base: Size.mebibytes(16), perTask: Size.mebibytes(2) },
      },
      concurrency: 4,
      settings: { olderThanDays: '365' },
      volumes: [this.photos.mount('/photos')],
      folders: { input: '/photos/in', output: '/photos/out' },
    });
  }

  private addDevelop({ develop }: Site): Worker {
    return new Worker(this, 'develop', {
      app: GoApp.fromDirectory('apps/develop', { handler: 'New' }),
      source: this.broker?.stream('photos').consumer('develop') ?? Source.memory(),
      // Measured over examples/photos; see docs/plan-vs-measured.md. One slot peaks at 139 MiB, two at 182: the base is what the
      // runtime, the decoders and the garbage of the latest photo take beside the photos that are decoded.
      task: {
        cpuTime: Duration.millis(160),
        duration: { mean: Duration.millis(175), max: Duration.seconds(20) },
        memory: { base: Size.mebibytes(48), perTask: Size.mebibytes(DEVELOP_MIB) },
      },
      concurrency: develop.concurrency,
      ...(develop.cpuRequest !== undefined && { resources: { cpu: { request: develop.cpuRequest } } }),
      settings: { decodeMiB: String(DEVELOP_MIB) },
      volumes: [this.photos.mount('/photos')],
      folders: { input: '/photos/in', output: '/photos/out' },
      scale: { min: develop.min, max: develop.max, drainWithin: Duration.seconds(30) },
      ...(this.catalog !== undefined && {
        downstream: [this.catalog.budget({ connectionsPerPod: develop.concurrency })],
      }),
      ...(this.cache !== undefined && { connections: [this.cache.connection()] }),
    });
  }

  private addCrawl({ crawl }: Site): Worker {
    return new Worker(this, 'crawl', {
      app: GoApp.fromDirectory('apps/crawl', { handler: 'New' }),
      // A task names its page and the page that links to it, by their URLs.
      source: Source.memory({ payload: Size.kibibytes(4) }),
      task: {
        cpuTime: Duration.millis(0.5),
        duration: { mean: Duration.millis(160), max: Duration.seconds(15) },
        memory: { base: Size.mebibytes(16), perTask: Size.kibibytes(256) },
        scratch: { base: Size.mebibytes(64), perTask: Size.kibibytes(0) },
      },
      concurrency: crawl.concurrency,
      // Each pod crawls what is pushed to it and reports for itself.
      folders: { output: '/tmp/report' },
      settings: { perHost: '8', timeout: '10s' },
      scale: { min: crawl.min, max: crawl.max, drainWithin: Duration.seconds(20) },
      // Public addresses only: a crawled page must not lead into the cluster or to the metadata service of a cloud.
      egress: [{ cidr: '0.0.0.0/0', except: PRIVATE_ADDRESSES, ports: [80, 443] }],
    });
  }
}
