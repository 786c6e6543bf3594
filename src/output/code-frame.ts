/** Keys and tokens, whose shape is enough to see that they are one. */
const keys =
  /\b(?:eyJ[\w-]{8,}(?:\.[\w-]+){0,2}|(?:sb_secret_|sbp_|sk_live_|rk_live_|gh[pousr]_|AKIA|AIza|xox[abprs]-)[\w-]{8,})/g;

/** Longer source lines are cut around the place. */
const widest = 140;

/**
 * The line of a place (both from 1) with a caret below it; empty when there is no such line. Keys in it are blotted
 * out: reports are read by more people than sources.
 */
export function renderCodeFrame(text: string, line: number, column?: number): readonly string[] {
  const source = text.split(/\r\n|\n|\r/)[line - 1]?.replace(keys, (key) => "•".repeat(key.length));
  if (source == null) return [];
  const at = column ?? source.length - source.trimStart().length + 1;
  const shift = Math.max(0, at - widest / 2);
  const margin = `${line} | `;
  const shown = source.slice(shift, shift + widest).trimEnd();
  const pad = shown.slice(0, at - 1 - shift).replace(/[^\t]/g, " ");
  return [`${margin}${shown}`, `${" ".repeat(margin.length)}${pad}^`];
}
