import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { runToEnd } from '../../child-process';
import { imageLayout } from '../../codegen/image-build';
import { type ImageConfig, unpackImage } from '../../codegen/image-builder';
import { CommandError } from '../../command-error';
import { formatQuantity } from '../../plan/format';
import type { AnyWorkerPlan } from '../../plan/worker-plan';
import { writeAtomically } from '../../synth/write-atomically';
import { runContract } from '../contract';
import { runEnvironment } from '../run-plan';
import type { Ended, StartedRun } from '../run-worker';
import { runProcess } from '../worker-process';
import { readCpuAccount, readMemoryAccount } from './cgroup';
import { type ContainerLimits, type ContainerMount, runtimeSpec, WORKER_USER } from './runtime-spec';

/** Limits that take the place of the plan's. */
export interface ContainerOptions {
  readonly memoryBytes?: number | undefined;
  readonly cpuCores?: number | undefined;
  /** Weight against others who want the CPU at the same time. @default 1024, as any other */
  readonly cpuShares?: number | undefined;
  /**
   * A folder in which the image stays unpacked for further runs of this process: its root is read-only in each.
   * @default it is unpacked for this run alone
   */
  readonly images?: string | undefined;
}

/** Paths within the container. */
const INSIDE = { input: '/data/in', output: '/data/out', config: '/etc/capstan', scratch: '/tmp' } as const;

const INSTALL_RUNC = 'Install runc, or leave out --runc.';
const DELETE_SECONDS = 30;

/**
 * Runs a worker's built image under runc, confined as its pod is: the plan's CPU quota and memory limit without
 * swap, a read-only root, user 65532, no capabilities. Needs Linux and root.
 *
 * @throws CommandError when this machine cannot do that, or the image is not built
 */
export async function runInContainer(run: StartedRun): Promise<Ended> {
  requireRoot();
  const { request, plan, tasks, folders } = run;
  const layout = imageLayout(request.folder, request.worker.app.name);
  if (!existsSync(layout)) {
    const { name } = request.worker.app;
    throw new CommandError(`${name}: has no image here. Run \`npx capstan image build ${name}\`.`);
  }
  const bundle = mkdtempSync(join(tmpdir(), 'capstan-runc-'));
  const id = bundle.slice(bundle.lastIndexOf('capstan-runc-'));
  const limits = containerLimits(plan, request.container);
  try {
    const images = request.container?.images;
    const { rootfs, image } =
      images === undefined
        ? await unpack(request.folder, layout, join(bundle, 'rootfs'))
        : await unpackOnce(request.folder, layout, images);
    const mounts = makeMounts(run, bundle);
    writeContract(run, join(bundle, 'config'));
    const spec = runtimeSpec({
      rootfs,
      args: image.entrypoint,
      environment: containerEnvironment(image, plan),
      mounts,
      limits,
      cgroup: `/${id}`,
      sharesNetwork: tasks.kind !== 'folder',
    });
    writeAtomically(join(bundle, 'config.json'), JSON.stringify(spec, undefined, 2));
    const args = ['run', '--keep', '--bundle', bundle, id];
    const exit = await runProcess({
      command: 'runc',
      args,
      env: {},
      log: folders.log,
      onLine: run.onLine,
      install: INSTALL_RUNC,
      stop: request.stop,
    });
    return {
      exit,
      memoryLimit: limits.memoryBytes,
      killedForMemory: readMemoryAccount(id).killed,
      cpu: readCpuAccount(id),
      conditions: describeLimits(limits),
    };
  } finally {
    await runToEnd({ command: 'runc', args: ['delete', '--force', id], timeoutSeconds: DELETE_SECONDS });
    rmSync(bundle, { recursive: true, force: true });
  }
}

interface UnpackedImage {
  readonly rootfs: string;
  readonly image: ImageConfig;
}

/** Images that this process has unpacked for further runs, by where they are. */
const unpacked = new Map<string, Promise<UnpackedImage>>();

async function unpack(folder: string, layout: string, rootfs: string): Promise<UnpackedImage> {
  return { rootfs, image: await unpackImage(folder, layout, rootfs) };
}

function unpackOnce(folder: string, layout: string, images: string): Promise<UnpackedImage> {
  const rootfs = join(images, basename(layout));
  const known = unpacked.get(rootfs);
  if (known !== undefined) return known;
  mkdirSync(images, { recursive: true });
  const fresh = unpack(folder, layout, rootfs);
  unpacked.set(rootfs, fresh);
  fresh.catch(() => unpacked.delete(rootfs));
  return fresh;
}

/** The plan's limits, or those that a person set instead. */
export function containerLimits({ figures }: AnyWorkerPlan, options: ContainerOptions = {}): ContainerLimits {
  return {
    cpuCores: options.cpuCores ?? figures.cpuLimit?.value,
    memoryBytes: options.memoryBytes ?? figures.memoryLimit.value,
    ...(options.cpuShares !== undefined && { cpuShares: options.cpuShares }),
  };
}

function requireRoot(): void {
  if (!isRoot()) {
    throw new CommandError('--runc must run as root on Linux. Leave it out to run a binary of this machine.');
  }
  if (!isInstalled()) throw new CommandError(`--runc: runc was not found. ${INSTALL_RUNC}`);
}

/** What keeps this machine from running containers, such as `runc was not found`; `undefined` when nothing does. */
export function unconfinedReason(): string | undefined {
  if (!isRoot()) return 'it needs root on Linux';
  return isInstalled() ? undefined : 'runc was not found';
}

function isRoot(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0;
}

function isInstalled(): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'runc')));
}

function containerEnvironment(image: ImageConfig, plan: AnyWorkerPlan): Record<string, string> {
  return { ...image.environment, ...runEnvironment(plan), CAPSTAN_CONFIG: `${INSIDE.config}/worker.json` };
}

function makeMounts({ tasks, folders }: StartedRun, bundle: string): ContainerMount[] {
  const scratch = join(bundle, 'scratch');
  const config = join(bundle, 'config');
  for (const folder of [scratch, config]) mkdirSync(folder);
  for (const folder of [scratch, folders.output]) giveToWorker(folder);
  return [
    { source: config, destination: INSIDE.config, isWritable: false },
    // On the disk, as an emptyDir is: what lies in a tmpfs would count as the worker's memory.
    { source: scratch, destination: INSIDE.scratch, isWritable: true },
    { source: folders.output, destination: INSIDE.output, isWritable: true },
    ...('input' in tasks && tasks.input !== undefined
      ? [{ source: tasks.input, destination: INSIDE.input, isWritable: false }]
      : []),
  ];
}

/** Results of an earlier run, perhaps by another user, have to be replaceable. */
function giveToWorker(folder: string): void {
  chownSync(folder, WORKER_USER, WORKER_USER);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) giveToWorker(path);
    else if (entry.isFile()) chownSync(path, WORKER_USER, WORKER_USER);
  }
}

function writeContract({ request, plan, tasks, folders }: StartedRun, config: string): void {
  const inside = (path: string) => path.replace(folders.output, INSIDE.output);
  const contract = runContract(request.worker, plan, tasks, {
    input: INSIDE.input,
    output: INSIDE.output,
    state: inside(folders.state),
    report: inside(folders.report),
  });
  const text = `${JSON.stringify(contract, undefined, 2)}\n`;
  writeAtomically(join(config, 'worker.json'), text);
  writeAtomically(folders.contract, text);
}

function describeLimits({ cpuCores, memoryBytes }: ContainerLimits): string {
  const cpu = cpuCores === undefined ? 'no CPU limit' : formatQuantity(cpuCores, 'cores');
  return `Ran under runc with ${cpu} and ${formatQuantity(memoryBytes, 'bytes')} of memory.`;
}
