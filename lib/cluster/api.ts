import { Agent, request } from 'node:http';
import { CommandError, EXIT } from '../command-error';
import { textAt } from '../plan/fields';

/** What an API server answered. */
export interface Answer {
  /** HTTP status. */
  readonly status: number;
  /** The body as it came. */
  readonly text: string;
}

/** What is asked of an API server. */
export interface Ask {
  /** @default `GET` */
  readonly method?: 'GET' | 'PATCH';
  readonly path: string;
  /** @default nothing */
  readonly body?: string;
  /** @default none */
  readonly contentType?: string;
  /** @default 30 */
  readonly timeoutSeconds?: number;
}

/** An API server. */
export interface ClusterApi {
  /**
   * Asks it, whatever it answers.
   *
   * @throws CommandError when it does not answer
   */
  ask(ask: Ask): Promise<Answer>;
  /** Lets go of it. */
  close(): void;
}

const MOST_AT_ONCE = 16;
const ANSWER_SECONDS = 30;

/** An API server behind a socket that says who asks: see docs/adr/0028. */
export class SocketApi implements ClusterApi {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: MOST_AT_ONCE });

  constructor(
    private readonly socketPath: string,
    private readonly end: () => void,
  ) {}

  ask({ method = 'GET', path, body, contentType, timeoutSeconds = ANSWER_SECONDS }: Ask): Promise<Answer> {
    const headers = {
      host: 'localhost',
      accept: 'application/json, text/plain',
      ...(contentType !== undefined && { 'content-type': contentType }),
      ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    };
    const { socketPath, agent } = this;
    return new Promise((settle, fail) => {
      const late = () =>
        new CommandError(`The cluster did not answer ${path} within ${timeoutSeconds} s.`, EXIT.failed);
      const sent = request({ socketPath, agent, method, path, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => {
          clearTimeout(timer);
          settle({ status: response.statusCode ?? 0, text });
        });
        response.on('error', fail);
      });
      const timer = setTimeout(() => sent.destroy(late()), timeoutSeconds * 1000);
      sent.on('error', (error) => {
        clearTimeout(timer);
        fail(
          error instanceof CommandError
            ? error
            : new CommandError(`The cluster cannot be asked: ${error.message}.`, EXIT.failed),
        );
      });
      sent.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
    this.end();
  }
}

const MISSING = 404;

/**
 * What an API server has at a path; `undefined` when there is nothing.
 *
 * @throws CommandError with what it said when it refuses
 */
export async function getJson(api: ClusterApi, path: string): Promise<unknown> {
  const answer = await api.ask({ path });
  if (answer.status === MISSING) return undefined;
  if (answer.status !== 200) throw refusal(`GET ${path}`, answer);
  return JSON.parse(answer.text);
}

/** What to say about an answer that is not the one wanted. */
export function refusal(what: string, answer: Answer): CommandError {
  return new CommandError(`${what}: ${saidIn(answer)}`, EXIT.failed);
}

/** The reason in an answer, in one line. */
export function saidIn({ status, text }: Answer): string {
  const said = textAt(parsed(text), 'message') ?? text.trim().split('\n').slice(0, 2).join('; ');
  return said === '' ? `the cluster answered ${status}` : said;
}

/** An answer's JSON; `undefined` where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
