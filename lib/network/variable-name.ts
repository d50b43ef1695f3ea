/** Name of a variable that says something about a server: `SEARCH_ADDRESS`. */
export function variableName(server: string, suffix: string): string {
  return `${server}_${suffix}`.toUpperCase().replaceAll('-', '_');
}
