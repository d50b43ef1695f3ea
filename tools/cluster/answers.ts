import { type ClientRequest, get } from 'node:http';

/** Whether something answers with 200. */
export function answers(url: string): Promise<boolean> {
  return isAnswered(get(url, { timeout: 2000 }));
}

/** Whether a request is answered with 200, in the time that it allows. */
export function isAnswered(request: ClientRequest): Promise<boolean> {
  return new Promise((settle) => {
    request.on('response', (response) => {
      response.resume();
      settle(response.statusCode === 200);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => settle(false));
  });
}
