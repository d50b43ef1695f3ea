import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../lib/package-root';
import type { Ended, PulumiHome } from './pulumi-home';

const LINKED = ['apps', 'charts', 'go', 'images.lock.json', 'lib', 'node_modules', 'package.json'];

/** `deploy/pulumi` in a checkout whose stack files may be written to: the program is the same, all else is linked. */
export class DarkroomProject {
  private readonly folder: string;

  constructor(private readonly home: PulumiHome) {
    const checkout = join(home.folder, 'checkout');
    mkdirSync(checkout);
    for (const name of LINKED) symlinkSync(join(PACKAGE_ROOT, name), join(checkout, name));
    cpSync(join(PACKAGE_ROOT, 'deploy'), join(checkout, 'deploy'), { recursive: true });
    this.folder = join(checkout, 'deploy', 'pulumi');
  }

  /** Runs `pulumi` to its end, however it ends. */
  tryPulumi(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
    return this.home.run(this.folder, args, env);
  }

  /** Runs `pulumi`, which has to succeed; gives what it printed. */
  async pulumi(...args: string[]): Promise<string> {
    const { code, stdout, output } = await this.tryPulumi(args);
    if (code !== 0) throw new Error(`pulumi ${args.join(' ')} ended with ${code}:\n${output}`);
    return stdout;
  }
}
