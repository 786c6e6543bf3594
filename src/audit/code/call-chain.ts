import { codeUnit, commentUnit } from "./mask-code.ts";

export interface Call {
  readonly name: string;
  /** Offsets of the text between its parentheses. */
  readonly start: number;
  readonly end: number;
}

/** The calls chained after `at`: `.select('*').eq('id', 1)`. */
export function readChain(text: string, mask: Uint8Array, at: number): readonly Call[] {
  const calls: Call[] = [];
  for (let next = skipBlank(text, mask, at); ; ) {
    const match = /^[!?]?\.\.?([A-Za-z_]\w*)\s*(?:<[^()]*>)?\s*\(/.exec(text.slice(next, next + 200));
    if (match == null) return calls;
    const start = next + match[0].length;
    const end = endOfParens(text, mask, start);
    if (end == null) return calls;
    calls.push({ name: match[1] ?? "", start, end });
    next = skipBlank(text, mask, end + 1);
  }
}

/** Where the parenthesis closes that opened before `start`; null when it does not. */
export function endOfParens(text: string, mask: Uint8Array, start: number): number | null {
  let depth = 1;
  for (let at = start; at < text.length; at++) {
    if (mask[at] !== codeUnit) continue;
    const char = text[at];
    if (char === "(" || char === "[" || char === "{") depth += 1;
    if (char === ")" || char === "]" || char === "}") depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}

export interface TextArgument {
  readonly value: string;
  readonly offset: number;
}

const literal = /^\s*(?:r|await\s)?(['"`])((?:(?!\1)[^\\]|\\.)*)\1\s*(?=,|$|\)|\])/s;

/** The first argument when it is a plain string; one with holes is null. */
export function firstText(text: string, start: number, end: number): TextArgument | null {
  const match = literal.exec(text.slice(start, end));
  const value = match?.[2];
  if (match == null || value == null || value.includes("${") || /(^|[^\\])\$[A-Za-z_]/.test(value))
    return null;
  return { value, offset: start + match[0].indexOf(match[1] ?? "") + 1 };
}

interface Key {
  readonly name: string;
  readonly offset: number;
}

/** Keys of an object or map literal, or of every one in a list; null when it is neither, or holds a spread. */
export function literalKeys(
  text: string,
  mask: Uint8Array,
  range: { readonly start: number; readonly end: number },
  quotedOnly: boolean,
): { readonly keys: readonly Key[]; readonly complete: boolean } | null {
  const open = skipBlank(text, mask, range.start);
  if (text[open] !== "{" && text[open] !== "[") return null;
  const keys: Key[] = [];
  let complete = true;
  const wanted = text[open] === "{" ? 1 : 2;
  let depth = 0;
  let expectsKey = false;
  for (let at = open; at < range.end; at++) {
    if (mask[at] === commentUnit) continue;
    const char = text[at] ?? "";
    if (mask[at] === codeUnit && "{[(".includes(char)) {
      depth += 1;
      expectsKey = depth === wanted && char === "{";
      continue;
    }
    if (mask[at] === codeUnit && "}])".includes(char)) {
      depth -= 1;
      if (depth === 0) return { keys, complete };
      continue;
    }
    if (mask[at] === codeUnit && char === ",") {
      expectsKey = depth === wanted;
      continue;
    }
    if (!expectsKey || depth !== wanted || /\s/.test(char)) continue;
    const rest = text.slice(at, Math.min(range.end, at + 200));
    const quoted = /^(['"])([\w$]+)\1\s*:/.exec(rest);
    const bare = quotedOnly ? null : /^([A-Za-z_$][\w$]*)\s*(?=[:,}\n])/.exec(rest);
    if (quoted != null) keys.push({ name: quoted[2] ?? "", offset: at + 1 });
    else if (bare != null) keys.push({ name: bare[1] ?? "", offset: at });
    else complete = false;
    expectsKey = false;
  }
  return null;
}

function skipBlank(text: string, mask: Uint8Array, from: number): number {
  let at = from;
  while (at < text.length && (mask[at] === commentUnit || /\s/.test(text[at] ?? ""))) at += 1;
  return at;
}
