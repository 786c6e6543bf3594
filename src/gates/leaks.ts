/** What an error answer must not tell, and how it looks. */
interface Leak {
  readonly what: string;
  readonly pattern: RegExp;
}

const leaks: readonly Leak[] = [
  {
    what: "a stack",
    pattern: /(^|\n)\s*at (async )?[\w.<>$ [\]]*\(?(file:|https?:|node:|ext:|\/)[^\s)]*:\d+/,
  },
  { what: "a stack", pattern: /Traceback \(most recent call last\)|goroutine \d+ \[/ },
  {
    what: "a file path",
    pattern: /file:\/\/\/|(^|[\s"'(])\/(home|root|var|usr|tmp|app|src|Users|opt|workspace|mnt)\/[\w.-]+\/?/,
  },
  { what: "a source position", pattern: /[\w-]+\.(ts|js|mjs|tsx|py|go|sql):\d+(:\d+)?/ },
  {
    what: "SQL text",
    pattern:
      /\b(select\s+(\*|[\w".]+(\s*,\s*[\w".*]+)+)\s+from\s|select\s+[\w".]+\s+from\s+["\w.]+\s+(where|join|order|group|limit)\b|insert\s+into\s+["\w.]+\s*\(|update\s+["\w.]+\s+set\s|delete\s+from\s+["\w.]+(\s+where|;|"|$))/i,
  },
  {
    what: "the database's own error",
    pattern:
      /syntax error at or near|PostgresError|duplicate key value violates|relation "[\w.]+" does not exist/i,
  },
  {
    what: "a secret key",
    pattern:
      /sb_secret_\w{8,}|\bsbp_[0-9a-f]{20,}|-----BEGIN [A-Z ]*PRIVATE KEY-----|postgres(ql)?:\/\/[^\s:]+:[^\s@]+@/,
  },
  { what: "a token", pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/ },
];

/** What the text tells that it should not; each kind once. `own` are values that may not show up at all. */
export function findLeaks(answer: string, own: readonly string[] = []): readonly string[] {
  // A text inside JSON has its quotes and line ends escaped.
  const text = answer.replaceAll('\\"', '"').replaceAll("\\n", "\n");
  const found = leaks.filter(({ pattern }) => pattern.test(text)).map(({ what }) => what);
  const secrets = own.some((value) => value.length >= 8 && text.includes(value)) ? ["a secret key"] : [];
  return [...new Set([...found, ...secrets])];
}

/** PostgREST answers with SQLSTATEs and the names in the request: its documented interface, not a leak. */
const restLeaks = new Set([
  "a stack",
  "a file path",
  "a source position",
  "SQL text",
  "a secret key",
  "a token",
]);

export function findRestLeaks(text: string, own: readonly string[]): readonly string[] {
  return findLeaks(text, own).filter((what) => restLeaks.has(what));
}
