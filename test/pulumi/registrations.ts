import { type Resource, runtime } from '@pulumi/pulumi';

const settings = require('@pulumi/pulumi/runtime/settings');

/** What a program asks Pulumi's engine to register. */
export interface Registration {
  readonly type: string;
  readonly name: string;
  readonly parent: string;
  readonly provider: string;
  // biome-ignore lint/suspicious/noExplicitAny: inputs may be anything
  readonly inputs: any;
  readonly dependsOn: readonly string[];
  /** URNs. */
  readonly aliases: readonly string[];
  readonly isProtected: boolean;
  readonly deletesBeforeReplace: boolean;
  readonly ignoreChanges: readonly string[];
  /** Inputs that are secrets in the state. */
  readonly secrets: readonly string[];
}

/** Mark of a secret on its way to the engine. */
const SECRET = '1b47061264138c4ac30d75fd1eb44270';
const MARK = '4dabf18193072939515e22adb298388d';

/** Starts to record what is registered from here on; nothing reaches a cluster. */
export async function recordRegistrations(): Promise<Registration[]> {
  await runtime.setMocks({
    newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
    call: ({ inputs }) => inputs,
  });
  const recorded: Registration[] = [];
  const monitor = settings.getMonitor();
  const register = monitor.registerResource.bind(monitor);
  // biome-ignore lint/suspicious/noExplicitAny: Pulumi's own message
  monitor.registerResource = (request: any, answer: unknown) => {
    recorded.push(registrationOf(request));
    return register(request, answer);
  };
  return recorded;
}

/** Waits until resources are registered. */
export async function registered(resources: Iterable<Resource>): Promise<void> {
  await Promise.all([...resources].map(({ urn }) => new Promise((done) => urn.apply(done))));
}

// biome-ignore lint/suspicious/noExplicitAny: Pulumi's own message
function registrationOf(request: any): Registration {
  const inputs = request.getObject().toJavaScript();
  return {
    type: request.getType(),
    name: request.getName(),
    parent: request.getParent(),
    provider: request.getProvider(),
    inputs: plain(inputs),
    dependsOn: request.getDependenciesList(),
    // biome-ignore lint/suspicious/noExplicitAny: Pulumi's own message
    aliases: request.getAliasesList().map((alias: any) => alias.getUrn()),
    isProtected: request.getProtect() ?? false,
    deletesBeforeReplace: request.getDeletebeforereplace(),
    ignoreChanges: request.getIgnorechangesList(),
    secrets: Object.keys(inputs).filter((key) => inputs[key]?.[MARK] === SECRET),
  };
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if (MARK in value && 'value' in value) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, plain(field)]));
}
