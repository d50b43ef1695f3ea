import { Option } from 'commander';

/** The option of commands that may be about one environment. */
export function environmentOption(): Option {
  return new Option(
    '-e, --environment <name>',
    'only workloads of this environment (default: environment of cdk8s.yaml, or all)',
  );
}
