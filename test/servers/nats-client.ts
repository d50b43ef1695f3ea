import { once } from 'node:events';
import { connect as dial, type Socket } from 'node:net';

/** Who a client is. */
export interface NatsUser {
  readonly user: string;
  readonly pass: string;
}

/** A client of a NATS server that speaks as much of its protocol as tests need. */
export class NatsClient {
  /**
   * Connects to a server of this machine.
   *
   * @throws Error with what the server says when it lets nobody in
   */
  static async connect(port: number, who?: NatsUser): Promise<NatsClient> {
    const client = new NatsClient(dial(port, '127.0.0.1'));
    await client.answer(/^INFO .*\r\n/);
    const options = { verbose: false, pedantic: false, lang: 'test', headers: true, no_responders: true };
    client.send(`CONNECT ${JSON.stringify({ ...options, ...who })}`);
    client.send('PING');
    await client.answer(/^PONG\r\n/m);
    return client;
  }

  private received = '';
  private requests = 0;

  /** Tells who waits for an answer that there is something new. */
  private wake = () => {};

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (part) => {
      this.received += String(part);
      this.wake();
    });
    // A close follows.
    socket.on('error', () => {});
    socket.on('close', () => this.wake());
  }

  /** What answers a request, as JSON; an error of code 503 when nobody does. */
  async request(subject: string, payload: unknown = ''): Promise<NatsAnswer> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const id = ++this.requests;
    const inbox = `inbox.${process.pid}.${id}`;
    this.send(`SUB ${inbox} ${id}`);
    this.send(`UNSUB ${id} 1`);
    this.send(`PUB ${subject} ${inbox} ${Buffer.byteLength(text)}\r\n${text}`);
    const [, answer] = await this.answer(
      new RegExp(`^H?MSG ${inbox} ${id} [\\d ]+\\r\\n(?:NATS/1\\.0 503|(.*))\\r\\n`, 'm'),
    );
    if (answer === undefined) return { error: { code: 503, description: 'nobody answers' } };
    return JSON.parse(answer) as NatsAnswer;
  }

  /** Waits until the server closes the connection. */
  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  /** Closes the connection. */
  close(): void {
    this.socket.destroy();
  }

  private send(line: string): void {
    this.socket.write(`${line}\r\n`);
  }

  private async answer(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const refusal = /^-ERR '(.*)'/m.exec(this.received);
      if (refusal !== null) throw new Error(refusal[1]);
      const found = pattern.exec(this.received);
      if (found !== null) {
        this.received = this.received.slice(found.index + found[0].length);
        return found;
      }
      if (this.socket.closed) throw new Error('the server closed the connection');
      await new Promise<void>((settle) => (this.wake = settle));
    }
  }
}

/** What tests look for in answers of JetStream. */
export interface NatsAnswer {
  readonly error?: { readonly code: number; readonly description: string };
  readonly stream?: string;
  readonly seq?: number;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly cluster?: { readonly leader?: string; readonly replicas?: readonly { readonly name: string }[] };
  readonly state?: { readonly messages: number };
  readonly limits?: Readonly<Record<string, unknown>>;
}
