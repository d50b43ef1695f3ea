/** One pool size of one job. */
export interface Case {
  readonly worker: 'develop' | 'crawl';
  readonly slots: number;
}

/** Both jobs at two pool sizes each. */
export const CASES: readonly Case[] = [
  { worker: 'develop', slots: 1 },
  { worker: 'develop', slots: 2 },
  { worker: 'crawl', slots: 16 },
  { worker: 'crawl', slots: 64 },
];

/** Rounds over all cases, one after the other, so that a slow minute of the machine falls on all of them. */
export const ROUNDS = 5;

/** How often each photo is developed in a run. */
export const PHOTO_COPIES = 3;

/**
 * The site that is crawled. Fetching a page over loopback takes about 10 ms more than its latency. All pages fit the
 * queue of a pod: a link that finds it full is an error, and its page is fetched again.
 */
export const SITE = { pages: 1000, latency: '150ms' } as const;
