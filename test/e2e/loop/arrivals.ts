import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ApiProxy } from '../api-proxy';

const TAKEN = 202;
const ATTEMPTS = 4;

/** A stretch of time with a steady rate. */
export interface Phase {
  readonly seconds: number;
  readonly perSecond: number;
}

/** Photos on their way into a namespace. */
export class Arrivals {
  /** When each photo was taken, in seconds since the start. */
  readonly at: number[] = [];
  /** How photos were answered that were not taken, 0 for not at all, with how many there were. */
  readonly refused = new Map<number, number>();
  private number = 0;
  private isOver = false;

  /**
   * @param seconds the time since the start
   * @param photo bytes of a photo, to which a few are added, so that no two are the same
   */
  constructor(
    private readonly proxy: ApiProxy,
    private readonly namespace: string,
    private readonly photo: Buffer,
    private readonly seconds: () => number,
  ) {}

  /** Sends photos at the rates of the phases, one after the other, until the last one is over or {@link stop} is called. */
  async run(phases: readonly Phase[]): Promise<void> {
    const sending: Promise<void>[] = [];
    let due = this.seconds();
    for (const { seconds, perSecond } of phases) {
      const end = due + seconds;
      for (; due < end && !this.isOver; due += 1 / perSecond) {
        await pause(Math.max(0, due - this.seconds()) * 1000);
        sending.push(this.send());
      }
      due = end;
    }
    await Promise.all(sending);
  }

  /** Sends no more. */
  stop(): void {
    this.isOver = true;
  }

  /** A photo that is sent again, since no answer came in time, is still one task: upload and broker see to that. */
  private async send(): Promise<void> {
    this.number += 1;
    const name = `${this.number}-${randomBytes(4).toString('hex')}.jpg`;
    const path = `/api/v1/namespaces/${this.namespace}/services/upload:http/proxy/photos/${name}`;
    const photo = Buffer.concat([this.photo, randomBytes(16)]);
    let status = 0;
    for (let attempt = 0; attempt < ATTEMPTS && status !== TAKEN; attempt += 1) {
      status = await this.proxy.put(path, photo).catch(() => 0);
    }
    if (status === TAKEN) this.at.push(this.seconds());
    else this.refused.set(status, (this.refused.get(status) ?? 0) + 1);
  }
}
