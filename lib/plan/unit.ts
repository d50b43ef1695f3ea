/** Unit of a figure. `ratio` is dimensionless, `cores` are CPU cores, `seconds` and `bytes` are SI and IEC base units. */
export type Unit =
  | 'slots'
  | 'tasks'
  | 'tasks/s'
  | 'requests'
  | 'requests/s'
  | 'pods'
  | 'cores'
  | 'bytes'
  | 'seconds'
  | 'ratio'
  | 'percent'
  | 'count';
