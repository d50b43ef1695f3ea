import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
/** Between two requests of one client. */
const PAUSE_MS = 20;

/** What is asked, again and again. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  /** @default nothing is sent */
  readonly body?: Buffer;
  /** The status that counts as an answer. */
  readonly status: number;
}

/** How many requests were answered, and what became of the others. */
export interface Answers {
  readonly answered: number;
  readonly failed: readonly string[];
}

/** Clients that ask again and again, each request on a connection of its own, until they are told to end. */
export class Clients {
  private isOver = false;
  private answered = 0;
  private readonly failed: string[] = [];
  private readonly running: readonly Promise<void>[];

  constructor(asked: Asked, count: number) {
    this.running = Array.from({ length: count }, () => this.ask(asked));
  }

  /** How many requests have been answered or have failed. */
  get sent(): number {
    return this.answered + this.failed.length;
  }

  /** Sends no more requests, and waits for those that are out. */
  async end(): Promise<Answers> {
    this.isOver = true;
    await Promise.all(this.running);
    return { answered: this.answered, failed: this.failed };
  }

  private async ask(asked: Asked): Promise<void> {
    while (!this.isOver) {
      const became = await once(asked);
      if (became === String(asked.status)) this.answered += 1;
      else this.failed.push(became);
      await pause(PAUSE_MS);
    }
  }
}

/** The status of one answer, or why there was none. */
function once({ body, status: _, ...asked }: Asked): Promise<string> {
  return new Promise((settle) => {
    const agent = new Agent({ keepAlive: false });
    const sent = request({ ...asked, agent, timeout: TIMEOUT_MS }, (response) => {
      response.resume();
      response.on('end', () => settle(String(response.statusCode)));
      response.on('error', (error) => settle(error.message));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
    sent.on('error', (error) => settle(error.message));
    sent.end(body);
  });
}
