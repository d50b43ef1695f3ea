/** Folder with the configuration file of a Capstan runtime. */
export const CONFIG_FOLDER = '/etc/capstan';

/** Volume of {@link CONFIG_FOLDER}. */
export const CONFIG_VOLUME = 'config';

/** Folder with the settings that change under running pods. */
export const LIVE_FOLDER = '/etc/capstan-live';

/** Volume of {@link LIVE_FOLDER}. */
export const LIVE_VOLUME = 'live';

/** The only folder of the image that a Capstan runtime may write to. */
export const SCRATCH_FOLDER = '/tmp';

/** Volume of {@link SCRATCH_FOLDER}. */
export const SCRATCH_VOLUME = 'scratch';

/** The port of every Capstan runtime for /startupz, /healthz, /readyz and /metrics. */
export const METRICS_PORT = { name: 'metrics', number: 9090 } as const;

/** Longest name of a workload: its Service NAME-metrics has to fit a DNS label of 63 characters. */
export const NAME_MAX = 63 - '-metrics'.length;

/** A DNS label that begins with a letter, as Services demand. */
export const NAME_PATTERN = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
