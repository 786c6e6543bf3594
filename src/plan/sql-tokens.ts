export type SqlTokenKind = "space" | "comment" | "string" | "quoted" | "word" | "semicolon" | "symbol";

export interface SqlToken {
  readonly kind: SqlTokenKind;
  /** 0-based offsets in the text; `end` is exclusive. */
  readonly start: number;
  readonly end: number;
}

const lineComment = /--[^\n\r]*/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
/** A literal goes on after white space with a line break: 'a'⏎'b' is one string (SQL standard). */
const continuation = /[ \t\f\v]*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;

/**
 * Cuts SQL into tokens by PostgreSQL's lexical rules (manual chapter 4.1, standard_conforming_strings on).
 * Never fails: what is not terminated reaches to the end, and the server will say so.
 */
export function tokenizeSql(text: string): readonly SqlToken[] {
  return [...eachToken(text)];
}

/** The same one by one, for who needs only the first few. */
export function* eachToken(text: string): Generator<SqlToken> {
  for (let at = 0; at < text.length; ) {
    const token = readToken(text, at);
    yield token;
    at = token.end;
  }
}

function readToken(text: string, start: number): SqlToken {
  const code = text.charCodeAt(start);
  // By the first character, for most tokens are words and spaces, and there are millions of them.
  if (isSpace(code)) return token("space", start, endWhile(isSpace, text, start + 1));
  if (startsWord(code)) {
    const end = endWhile(isInWord, text, start + 1);
    return readPrefixed(text, start, end) ?? token("word", start, end);
  }
  if (isDigit(code)) return token("symbol", start, endWhile(isInNumber, text, start + 1));
  const char = text[start];
  const next = text[start + 1];
  if (char === ";") return token("semicolon", start, start + 1);
  if (char === "-" && next === "-") return token("comment", start, endOf(lineComment, text, start));
  if (char === "/" && next === "*") return token("comment", start, endOfBlockComment(text, start));
  if (char === "'") return token("string", start, endOfString(text, start, false));
  if (char === '"') return token("quoted", start, endOfQuoted(text, start));
  if (char === "$") {
    const opened = endOf(dollarTag, text, start);
    if (opened > start) return token("string", start, endOfDollar(text, start, opened));
  }
  return token("symbol", start, start + 1);
}

function endWhile(test: (code: number) => boolean, text: string, start: number): number {
  let at = start;
  while (at < text.length && test(text.charCodeAt(at))) at += 1;
  return at;
}

/** Blank, \t, \n, \v, \f, \r. */
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** A letter, an underscore, or anything outside of ASCII. */
function startsWord(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128;
}

/** A dollar sign too, but not at the start. */
function isInWord(code: number): boolean {
  return startsWord(code) || isDigit(code) || code === 36;
}

/** A dot too, and the letters of an exponent or of a base. */
function isInNumber(code: number): boolean {
  return (startsWord(code) && code < 128) || isDigit(code) || code === 46;
}

function token(kind: SqlTokenKind, start: number, end: number): SqlToken {
  return { kind, start, end };
}

/** E'…', B'…', X'…', N'…', U&'…' and U&"…": the prefix belongs to the literal. */
function readPrefixed(text: string, start: number, wordEnd: number): SqlToken | null {
  if (wordEnd - start !== 1) return null;
  const prefix = text[start]?.toLowerCase() ?? "";
  if (text[wordEnd] === "'" && "ebxn".includes(prefix)) {
    return { kind: "string", start, end: endOfString(text, wordEnd, prefix === "e") };
  }
  if (prefix !== "u" || text[wordEnd] !== "&") return null;
  if (text[wordEnd + 1] === "'") return { kind: "string", start, end: endOfString(text, wordEnd + 1, false) };
  if (text[wordEnd + 1] === '"') return { kind: "quoted", start, end: endOfQuoted(text, wordEnd + 1) };
  return null;
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.test(text) ? pattern.lastIndex : start;
}

function endOfBlockComment(text: string, start: number): number {
  let depth = 1;
  let at = start + 2;
  while (depth > 0 && at < text.length) {
    if (text[at] === "/" && text[at + 1] === "*") {
      depth += 1;
      at += 2;
    } else if (text[at] === "*" && text[at + 1] === "/") {
      depth -= 1;
      at += 2;
    } else at += 1;
  }
  return at;
}

function endOfString(text: string, quote: number, escapes: boolean): number {
  let at = quote + 1;
  while (at < text.length) {
    if (escapes && text[at] === "\\") at += 2;
    else if (text[at] !== "'") at += 1;
    else if (text[at + 1] === "'") at += 2;
    else {
      const continued = endOf(continuation, text, at + 1);
      if (continued === at + 1) return continued;
      at = continued;
    }
  }
  return text.length;
}

function endOfQuoted(text: string, quote: number): number {
  let at = quote + 1;
  while (at < text.length) {
    if (text[at] !== '"') at += 1;
    else if (text[at + 1] === '"') at += 2;
    else return at + 1;
  }
  return text.length;
}

function endOfDollar(text: string, start: number, opened: number): number {
  const tag = text.slice(start, opened);
  const close = text.indexOf(tag, opened);
  return close === -1 ? text.length : close + tag.length;
}
