import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { type BuiltImage, buildAppImage, imageLayout, staleImages } from '../../codegen/image-build';
import { inspectImage, pushImage } from '../../codegen/image-builder';
import { CommandError, EXIT } from '../../command-error';
import type { AppModel } from '../../model';
import { readProjectConfig } from '../app-command';
import type { CommandContext, GlobalOptions } from '../context';
import { environmentOption } from '../environment-option';
import { loadSoundProgram } from '../load-program';
import { asJson } from '../output';
import { inEnvironment, repositoriesOf, selectApps, usesOf } from '../select';

interface BuildOptions extends GlobalOptions {
  readonly check?: boolean;
  readonly json?: boolean;
}

interface PushOptions extends GlobalOptions {
  readonly environment?: string;
  readonly to?: string;
  readonly insecure?: boolean;
  readonly json?: boolean;
}

const NAMES = 'names of apps or workloads (default: all)';

/** Adds `capstan image` and its commands. */
export function addImage(program: Command, context: CommandContext): void {
  const image = program
    .command('image')
    .summary('build, push and inspect images')
    .description('Images of Go apps.');
  addBuild(image, context);
  addPush(image, context);
  addInspect(image, context);
}

function addBuild(image: Command, { folder, output }: CommandContext): void {
  image
    .command('build')
    .summary('build images and renew images.lock.json')
    .description(
      'Builds the images of apps, without a container daemon and byte for byte the same everywhere, into ' +
        '.capstan/images, and renews the lock file. An image whose sources are as they were is not built again.',
    )
    .argument('[app...]', NAMES)
    .option('--check', 'build nothing; exit code 3 when the lock file is stale')
    .option('--json', 'print JSON: a list of images')
    .addHelpText('after', '\nExamples:\n  capstan image build\n  capstan image build develop --json')
    .action(async (names: string[], _: BuildOptions, command: Command) => {
      const options = command.optsWithGlobals<BuildOptions>();
      const { model, uses, apps } = await load(folder, options, names);
      if (options.check) {
        checkLock(apps, folder, model.images.lockFile);
        return;
      }
      const built: (BuiltImage & { readonly references: readonly string[] })[] = [];
      for (const app of apps) {
        const onBuild = (name: string) => output.err(`${name}  building the image ...`);
        const one = await buildAppImage(app, { folder, lockFile: model.images.lockFile, onBuild });
        const references = referencesOf(one, repositoriesOf(uses, app));
        built.push({ ...one, references });
        if (!options.json && one.state === 'built') output.out(builtText(one, references));
      }
      if (options.json) output.out(asJson(built));
      else if (built.some(({ state }) => state === 'fresh')) output.out(freshText(built));
    });
}

/** An image as manifests carry it: environments may have registries of their own. */
function referencesOf({ tag, digest }: BuiltImage, repositories: readonly string[]): string[] {
  return repositories.map((repository) => `${repository}:${tag}@${digest}`);
}

function builtText({ name }: BuiltImage, references: readonly string[]): string {
  return references.map((reference) => `${name}  ${reference}`).join('\n');
}

function freshText(images: readonly BuiltImage[]): string {
  const names = images.filter(({ state }) => state === 'fresh').map(({ name }) => name);
  return `As before: ${names.join(', ')}`;
}

function checkLock(apps: readonly AppModel[], folder: string, lockFile: string): void {
  const stale = staleImages(apps, { folder, lockFile });
  if (stale.length === 0) return;
  const command = `npx capstan image build ${stale.join(' ')}`;
  throw new CommandError(
    `${lockFile} is stale for: ${stale.join(', ')}. Run \`${command}\` and commit it.`,
    EXIT.stale,
  );
}

function addPush(image: Command, { folder, output }: CommandContext): void {
  image
    .command('push')
    .summary('push images to their registry')
    .description(
      'Sends built images to every repository and tag that manifests name them by, with ' +
        "docker's stored credentials.",
    )
    .argument('[app...]', NAMES)
    .addOption(environmentOption())
    .option('--to <reference>', 'push one image to this host/name:tag instead')
    .option('--insecure', 'plain HTTP, to a registry on this machine only')
    .option('--json', 'print JSON: a list of references')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  capstan image push\n' +
        '  capstan image push develop --to localhost:5000/develop:test --insecure',
    )
    .action(async (names: string[], _: PushOptions, command: Command) => {
      const options = command.optsWithGlobals<PushOptions>();
      const { model, uses, apps } = await load(folder, options, names);
      if (options.to !== undefined && apps.length !== 1) {
        throw new CommandError(`--to must come with one app, got ${apps.length}. Name it.`);
      }
      const pushed: string[] = [];
      for (const app of apps) {
        const onBuild = (name: string) => output.err(`${name}  building the image ...`);
        const built = await buildAppImage(app, { folder, lockFile: model.images.lockFile, onBuild });
        const repositories = repositoriesOf(uses, app);
        const references =
          options.to === undefined ? repositories.map((it) => `${it}:${built.tag}`) : [options.to];
        for (const reference of references) {
          pushed.push(await pushImage(folder, built.layout, reference, options.insecure ?? false));
        }
      }
      output.out(options.json ? asJson(pushed) : pushed.join('\n'));
    });
}

function addInspect(image: Command, { folder, output }: CommandContext): void {
  image
    .command('inspect')
    .summary('show what is in an image')
    .description('Shows digests, settings, annotations and files of a built image.')
    .argument('<app>', 'name of an app or worker')
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  capstan image inspect develop --json')
    .action(async (name: string, _: BuildOptions, command: Command) => {
      const options = command.optsWithGlobals<BuildOptions>();
      const { apps } = await load(folder, options, [name]);
      for (const app of apps) {
        const layout = imageLayout(folder, app.name);
        if (!existsSync(layout)) {
          throw new CommandError(
            `${app.name}: has no image here. Run \`npx capstan image build ${app.name}\`.`,
          );
        }
        output.out(await inspectImage(folder, layout, options.json ?? false));
      }
    });
}

async function load(
  folder: string,
  options: GlobalOptions & { readonly environment?: string },
  names: readonly string[],
) {
  const model = await loadSoundProgram(readProjectConfig(folder, options.app).app, folder);
  const uses = usesOf(model);
  const apps = selectApps(uses, names, options.environment);
  return { model, uses: inEnvironment(uses, options.environment), apps };
}
