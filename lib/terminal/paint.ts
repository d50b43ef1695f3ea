const RESET = '\u001b[0m';

/** Numbers of the ANSI styles that commands use. */
const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;

/** Name of a style. */
export type Style = keyof typeof STYLES;

/** Gives a text a style, or leaves it as it is where there are no colours. */
export type Paint = (style: Style, text: string) => string;

/** @param colors whether the terminal shows colours */
export function paintFor(colors: boolean): Paint {
  return (style, text) => (colors && text !== '' ? `\u001b[${STYLES[style]}m${text}${RESET}` : text);
}

/** A text of at most so many characters; what is cut off ends in `…`. */
export function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(0, most - 1)).join('')}…`;
}
