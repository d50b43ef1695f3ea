import { Chart, Duration, Size } from 'cdk8s';
import {
  type IPersistentVolumeClaim,
  Namespace,
  PersistentVolumeAccessMode,
  PersistentVolumeClaim,
  Volume,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { GoApp, refine, remove, Source, Worker } from '../lib';

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
  /** Makes thumbnails and metadata without EXIF from photos: bound by CPU and memory. */
  readonly develop: Worker;
  /** Fetches the pages of a site, follows links and reports broken ones: bound by waiting. */
  readonly crawl: Worker;

  constructor(scope: Construct, id: string) {
    super(scope, id, { namespace: 'darkroom', labels: { 'app.kubernetes.io/part-of': 'darkroom' } });

    const metadata = { name: 'darkroom', labels: podSecurity('restricted') };
    // The chart gives every object its namespace, but a Namespace lies in none.
    refine(new Namespace(this, 'Namespace', { metadata }), remove('/metadata/namespace'));

    const photos = new PersistentVolumeClaim(this, 'Photos', {
      metadata: { name: 'photos' },
      accessModes: [PersistentVolumeAccessMode.READ_WRITE_MANY],
      storage: Size.gibibytes(20),
    });
    // cdk8s-plus' classes fit its own interfaces only without exactOptionalPropertyTypes.
    const volume = Volume.fromPersistentVolumeClaim(this, 'PhotosVolume', photos as IPersistentVolumeClaim, {
      name: 'photos',
    });

    this.develop = new Worker(this, 'develop', {
      app: GoApp.fromDirectory('apps/develop'),
      source: Source.memory(),
      // Measured over examples/photos; see docs/plan-vs-measured.md.
      task: {
        cpuTime: Duration.millis(160),
        duration: { mean: Duration.millis(175), max: Duration.seconds(20) },
        memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(DEVELOP_MIB) },
      },
      concurrency: 2,
      settings: { decodeMiB: String(DEVELOP_MIB) },
      volumes: [{ path: '/photos', volume }],
      folders: { input: '/photos/in', output: '/photos/out' },
      scale: { min: 3, max: 12, drainWithin: Duration.seconds(30) },
    });

    this.crawl = new Worker(this, 'crawl', {
      app: GoApp.fromDirectory('apps/crawl', { handler: 'New' }),
      // A task names its page and the page that links to it, by their URLs.
      source: Source.memory({ payload: Size.kibibytes(4) }),
      task: {
        cpuTime: Duration.millis(0.5),
        duration: { mean: Duration.millis(160), max: Duration.seconds(15) },
        memory: { base: Size.mebibytes(16), perTask: Size.kibibytes(256) },
        scratch: { base: Size.mebibytes(64), perTask: Size.kibibytes(0) },
      },
      concurrency: 64,
      // Each pod crawls what is pushed to it and reports for itself.
      folders: { output: '/tmp/report' },
      settings: { perHost: '8', timeout: '10s' },
      scale: { min: 3, max: 10, drainWithin: Duration.seconds(20) },
      // Public addresses only: a crawled page must not lead into the cluster or to the metadata service of a cloud.
      egress: [{ cidr: '0.0.0.0/0', except: PRIVATE_ADDRESSES, ports: [80, 443] }],
    });
  }
}

/** Labels that make a namespace refuse pods below a Pod Security level. */
function podSecurity(level: 'restricted' | 'baseline'): Record<string, string> {
  const modes = ['enforce', 'audit', 'warn'];
  return Object.fromEntries(
    modes.flatMap((mode) => [
      [`pod-security.kubernetes.io/${mode}`, level],
      [`pod-security.kubernetes.io/${mode}-version`, 'latest'],
    ]),
  );
}
