/** What each UTF-16 unit of a source belongs to. */
export const codeUnit = 0;
export const stringUnit = 1;
export const commentUnit = 2;

/**
 * Tells code from strings and comments in TypeScript, JavaScript and Dart, by their common lexical rules. A regular
 * expression may be taken for code; a plain string never goes past its line.
 */
export function maskCode(text: string): Uint8Array {
  const mask = new Uint8Array(text.length);
  for (let at = 0; at < text.length; ) {
    const end = endOfPiece(text, at);
    const char = text[at];
    if (end > at + 1 || isQuote(char)) mask.fill(char === "/" ? commentUnit : stringUnit, at, end);
    at = end;
  }
  return mask;
}

function endOfPiece(text: string, at: number): number {
  const char = text[at];
  const next = text[at + 1];
  if (char === "/" && next === "/") return indexOr(text, "\n", at);
  if (char === "/" && next === "*") return indexOr(text, "*/", at + 2, 2);
  if (char === "`") return endOfTemplate(text, at);
  if (!isQuote(char) || char == null) return at + 1;
  if (text.startsWith(char.repeat(3), at)) return indexOr(text, char.repeat(3), at + 3, 3);
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end += 1;
    else if (text[end] === char) return end + 1;
    else if (text[end] === "\n") return end;
  }
  return text.length;
}

function endOfTemplate(text: string, at: number): number {
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === "\\") end += 1;
    else if (text[end] === "`") return end + 1;
    else if (text.startsWith("${", end)) end = endOfHole(text, end + 2) - 1;
  }
  return text.length;
}

/** Behind the brace that closes `${`. */
function endOfHole(text: string, at: number): number {
  let depth = 1;
  for (let end = at; end < text.length; ) {
    const char = text[end];
    if (char === "{") depth += 1;
    if (char === "}") depth -= 1;
    if (depth === 0) return end + 1;
    end = endOfPiece(text, end);
  }
  return text.length;
}

function isQuote(char: string | undefined): boolean {
  return char === '"' || char === "'" || char === "`";
}

function indexOr(text: string, wanted: string, from: number, behind = 0): number {
  const found = text.indexOf(wanted, from);
  return found === -1 ? text.length : found + behind;
}
