/* Generated from contract/queues.json by `npm run generate`. DO NOT EDIT. */
export const QUEUES = {
  memory: {
    ackEach: true,
    delay: true,
    attempts: true,
    heartbeat: true,
    dedup: true,
    schedule: true,
    keys: false,
    headers: true,
    shared: false,
    deadLetters: false
  },
  folder: {
    ackEach: true,
    delay: true,
    attempts: true,
    heartbeat: true,
    dedup: false,
    schedule: false,
    keys: false,
    headers: false,
    shared: false,
    deadLetters: true
  },
  jetstream: {
    ackEach: true,
    delay: true,
    attempts: true,
    heartbeat: true,
    dedup: true,
    schedule: false,
    keys: false,
    headers: true,
    shared: true,
    deadLetters: true
  },
  redis: {
    ackEach: true,
    delay: true,
    attempts: true,
    heartbeat: true,
    dedup: true,
    schedule: true,
    keys: false,
    headers: true,
    shared: true,
    deadLetters: true
  },
  kafka: {
    ackEach: false,
    delay: false,
    attempts: false,
    heartbeat: false,
    dedup: false,
    schedule: false,
    keys: true,
    headers: true,
    shared: true,
    deadLetters: true
  }
} as const;
