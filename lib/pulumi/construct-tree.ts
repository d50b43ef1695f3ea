import { ComponentResource } from '@pulumi/pulumi';
import { CONSTRUCT_TYPE } from './object-names';

/** The place of an object in the tree of Pulumi's components. */
export interface ComponentPlace {
  readonly parent: ComponentResource;
  /** Number of constructs between the parent and the stack, the parent among them. */
  readonly depth: number;
}

/** A construct, as a component that has nothing of its own but what is below it. */
class ConstructComponent extends ComponentResource {
  constructor(name: string, parent: ComponentResource) {
    super(CONSTRUCT_TYPE, name, {}, { parent });
    this.registerOutputs({});
  }
}

/** The constructs of a program that have objects below them, as components below a stack. Each is made when it is asked for. */
export class ConstructTree {
  private readonly components = new Map<string, ConstructComponent>();

  /** @param environment the environment that the stack stands for: its construct is the stack itself */
  constructor(
    private readonly stack: ComponentResource,
    private readonly name: string,
    private readonly environment: string | undefined,
  ) {}

  /** Where the object of a construct belongs. */
  parentOf(path: string): ComponentPlace {
    const ids = path.split('/');
    const start = this.environment === undefined ? 0 : ids.indexOf(this.environment) + 1;
    const around = ids.slice(start, -1);
    let parent = this.stack;
    around.forEach((_, index) => {
      parent = this.component(around.slice(0, index + 1).join('/'), parent);
    });
    return { parent, depth: around.length };
  }

  private component(path: string, parent: ComponentResource): ConstructComponent {
    const found = this.components.get(path) ?? new ConstructComponent(`${this.name}/${path}`, parent);
    this.components.set(path, found);
    return found;
  }
}
