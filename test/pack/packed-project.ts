import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { GO_TOOLCHAIN } from '../../lib/codegen/toolchain';
import { BUILDER_FOLDER, PACKAGE_ROOT, RUNTIME_FOLDER } from '../../lib/package-root';

/** What a user's project needs besides the package and what that asks for. */
const PROJECT_TOOLS = ['tsx', 'typescript', '@types/node', 'undici-types'];

const COMMAND_MS = 300_000;

/** A package.json, as far as it is read here. */
export interface Manifest {
  readonly bin: { readonly capstan: string };
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What a command of the project printed, and how it ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A project outside the repository with the packed package installed: its own files from the tarball, the packages
 * that it declares as links to those of the repository, and nothing else. What the package needs and does not declare
 * is missing here, as it would be for a user.
 */
export class PackedProject {
  readonly folder = mkdtempSync(join(tmpdir(), 'capstan-pack-'));
  readonly package = join(this.folder, 'node_modules', 'capstan');
  readonly manifest: Manifest;
  /** Files of the tarball, relative to the package. */
  readonly files: readonly string[];

  constructor() {
    const options = { cwd: PACKAGE_ROOT, encoding: 'utf8', timeout: COMMAND_MS, stdio: 'pipe' } as const;
    const packed = execFileSync(
      'npm',
      ['pack', '--json', '--silent', '--pack-destination', this.folder],
      options,
    );
    const [tarball] = JSON.parse(packed.slice(packed.indexOf('['))) as [
      { filename: string; files: { path: string }[] },
    ];
    this.files = tarball.files.map(({ path }) => path);
    mkdirSync(this.package, { recursive: true });
    const archive = join(this.folder, tarball.filename);
    execFileSync('tar', ['-xzf', archive, '-C', this.package, '--strip-components=1'], {
      timeout: COMMAND_MS,
    });
    this.manifest = JSON.parse(readFileSync(join(this.package, 'package.json'), 'utf8')) as Manifest;
    this.linkPackages();
    cpSync(join(__dirname, 'project'), this.folder, { recursive: true });
    mkdirSync(join(this.folder, 'apps', 'resize'), { recursive: true });
    cpSync(join(this.folder, 'handler.go'), join(this.folder, 'apps', 'resize', 'handler.go'));
    rmSync(join(this.folder, 'handler.go'));
    this.addBroker();
    writeFileSync(join(this.folder, 'cdk8s.yaml'), 'app: node --import tsx main.ts\n');
    writeFileSync(join(this.folder, 'package.json'), '{ "name": "studio", "private": true }\n');
  }

  /** Adds a broker to the program, which is the README's own. */
  private addBroker(): void {
    const [begin, end] = this.read('main.ts').split('app.synth();');
    this.write(
      'main.ts',
      `import { addBroker } from './broker';\n${begin}addBroker(app);\napp.synth();${end}`,
    );
  }

  /** Fetches third-party Go modules, and the toolchain, so that the project itself may be cut off from the network. */
  fetchGoModules(): void {
    const env = { ...process.env, GOTOOLCHAIN: GO_TOOLCHAIN, GOFLAGS: '', GOWORK: 'off' };
    for (const cwd of [RUNTIME_FOLDER, BUILDER_FOLDER, join(RUNTIME_FOLDER, 'apps', 'streams')]) {
      execFileSync('go', ['mod', 'download'], { cwd, env, timeout: COMMAND_MS, stdio: 'pipe' });
    }
  }

  /** Runs the installed `capstan` command, with nothing to fetch from anywhere. */
  capstan(...args: string[]): Ended {
    return this.node(join(this.package, this.manifest.bin.capstan), ...args);
  }

  /** Runs a script with Node in the project's folder. */
  node(script: string, ...args: string[]): Ended {
    const env = { ...process.env, GOPROXY: 'off', GOFLAGS: '' };
    const options = { cwd: this.folder, encoding: 'utf8', env, timeout: COMMAND_MS } as const;
    const ended = spawnSync(process.execPath, [script, ...args], options);
    return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
  }

  /** Text of a file of the project. */
  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  /** Replaces a file of the project. */
  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Starts the image builder's own registry on a free port of this machine. */
  async startRegistry(): Promise<{ readonly address: string; stop(): Promise<void> }> {
    const builder = join(this.folder, '.capstan', 'bin', 'image');
    const child = spawn(builder, ['registry', '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close');
    const [address] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    return {
      address,
      stop: async () => {
        child.kill();
        await closed;
      },
    };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private linkPackages(): void {
    const { dependencies, peerDependencies, peerDependenciesMeta } = this.manifest;
    const peers = Object.keys(peerDependencies).filter(
      (name) => peerDependenciesMeta[name]?.optional !== true,
    );
    for (const name of new Set([...Object.keys(dependencies), ...peers, ...PROJECT_TOOLS])) {
      const link = join(this.folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(resolve(PACKAGE_ROOT, 'node_modules', name), link, 'junction');
    }
  }
}
