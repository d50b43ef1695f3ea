/** What the pods of a workload do, in the words of its spec and of the reasons of its plan. */
export interface Work {
  /** Who does it. */
  readonly by: 'worker' | 'service';
  /** One piece of it, and the property of the spec that says what one costs. */
  readonly one: 'task' | 'request';
  /** Unit of several. */
  readonly unit: 'tasks' | 'requests';
  /** Unit of several in a second. */
  readonly rate: 'tasks/s' | 'requests/s';
  /** The property with what each one adds to what the process keeps. */
  readonly perOne: 'perTask' | 'perRequest';
}

/** What a worker does. */
export const TASKS: Work = {
  by: 'worker',
  one: 'task',
  unit: 'tasks',
  rate: 'tasks/s',
  perOne: 'perTask',
};

/** What a service does. */
export const REQUESTS: Work = {
  by: 'service',
  one: 'request',
  unit: 'requests',
  rate: 'requests/s',
  perOne: 'perRequest',
};
