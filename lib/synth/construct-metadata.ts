import type { RenderedChart } from './documents';

/** What cdk8s-cli's validation plug-ins read. */
export const METADATA_FILE = 'construct-metadata.json';

/** Which construct each object comes from, in the form of cdk8s. */
export function constructMetadata(charts: readonly RenderedChart[]): string {
  const objects = charts.flatMap((chart) => chart.objects);
  const resources = Object.fromEntries(
    objects.map(({ object }) => [object.name, { path: object.node.path }]),
  );
  return JSON.stringify({ version: '1.0.0', resources });
}
