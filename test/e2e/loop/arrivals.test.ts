import { expect, test } from '@jest/globals';
import { Arrivals } from './arrivals';

/** Sends ten photos to a cluster that answers so, one answer after the other, and then always with the last one. */
async function send(
  ...answers: readonly (number | Error)[]
): Promise<{ arrivals: Arrivals; paths: string[] }> {
  const paths: string[] = [];
  const put = async (path: string) => {
    const answer = answers[Math.min(paths.length, answers.length - 1)] ?? 0;
    paths.push(path);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const proxy = { put, read: () => Promise.reject(new Error('nothing to read')), stop: () => undefined };
  const start = Date.now();
  const arrivals = new Arrivals(proxy, 'loop', Buffer.from('photo'), () => (Date.now() - start) / 1000);
  await arrivals.run([{ seconds: 0.01, perSecond: 1000 }]);
  return { arrivals, paths };
}

test('a photo that got no answer is sent again under its name, and counts once', async () => {
  const { arrivals, paths } = await send(new Error('no answer'), 202);
  expect([...arrivals.refused]).toEqual([]);
  expect(new Set(paths).size).toBe(arrivals.at.length);
  expect(paths.length).toBe(arrivals.at.length + 1);
});

test('fails for photos that are not taken: they are counted by the answer', async () => {
  const { arrivals } = await send(415);
  expect(arrivals.at).toEqual([]);
  expect([...arrivals.refused.keys()]).toEqual([415]);
});
