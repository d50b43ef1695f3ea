/** The configuration of a Capstan runtime as the text of its file. */
export function configurationText(contract: object): string {
  return `${JSON.stringify(contract, undefined, 2)}\n`;
}

/** A handler's own settings; those that are no texts are missing, and `checkSettings` reports them. */
export function settingsOf(settings: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(settings).filter((it): it is [string, string] => typeof it[1] === 'string');
  return Object.fromEntries(texts);
}
