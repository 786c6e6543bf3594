/** Longer source lines are cut around the place. */
const widest = 140;

/** The line of a place (both from 1) with a caret below it; empty when there is no such line. */
export function renderCodeFrame(text: string, line: number, column?: number): readonly string[] {
  const source = text.split(/\r\n|\n|\r/)[line - 1];
  if (source == null) return [];
  const at = column ?? source.length - source.trimStart().length + 1;
  const shift = Math.max(0, at - widest / 2);
  const margin = `${line} | `;
  const shown = source.slice(shift, shift + widest).trimEnd();
  const pad = shown.slice(0, at - 1 - shift).replace(/[^\t]/g, " ");
  return [`${margin}${shown}`, `${" ".repeat(margin.length)}${pad}^`];
}
