import type { AppForm } from './app-files';

/** What every program needs of the runtime's requirements. */
const COMMON = [
  'github.com/HdrHistogram/hdrhistogram-go',
  'github.com/beorn7/perks',
  'github.com/cespare/xxhash/v2',
  'github.com/munnerz/goautoneg',
  'github.com/prometheus/client_golang',
  'github.com/prometheus/client_model',
  'github.com/prometheus/common',
  'github.com/prometheus/procfs',
  'github.com/santhosh-tekuri/jsonschema/v6',
  'golang.org/x/sys',
  'golang.org/x/text',
  'google.golang.org/protobuf',
];

/** The modules that an app of this form needs because of the runtime; tests hold the lists to what Go says. */
export function modulesOf(_form: AppForm): ReadonlySet<string> {
  return new Set(COMMON);
}
