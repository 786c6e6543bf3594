interface SecretPattern {
  readonly kind: string;
  /** Every line is looked at for this first; group 1, or the whole match, is the value. */
  readonly pattern: RegExp;
  /** What only looks like one. */
  readonly isReal?: (value: string) => boolean;
}

/** High precision before recall: each form is one its issuer documents, checksums and claims are looked at. */
const patterns: readonly SecretPattern[] = [
  {
    kind: "Supabase service_role key",
    pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}/g,
    isReal: isServiceRole,
  },
  { kind: "Supabase secret key", pattern: /\bsb_secret_[\w-]{22}_[\w-]{8}\b/g },
  { kind: "Supabase access token", pattern: /\bsbp_(?:oauth_)?[0-9a-f]{40}\b/g },
  {
    kind: "database password",
    pattern: /\bpostgres(?:ql)?:\/\/[^\s:/@"'`]+:([^\s@/"'`<>[\]{}$]{8,})@[\w.-]+\.supabase\.(?:co|com)\b/g,
  },
  { kind: "AWS access key", pattern: /\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/g },
  {
    kind: "AWS secret key",
    pattern: /aws_?secret_?access_?key["']?\s*[:=]\s*["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  },
  {
    kind: "GitHub token",
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b/g,
  },
  { kind: "Stripe live key", pattern: /\b[rs]k_live_[A-Za-z0-9]{24,}\b/g },
  { kind: "Slack token", pattern: /\bxox[abprs]-\d{8,}-[\w-]{16,}/g },
  {
    kind: "Google service account key",
    pattern: /\b(?:ew|ey)[A-Za-z0-9+/]{600,}={0,2}/g,
    isReal: holdsPrivateKey,
  },
];

/** One look per line before ten: nearly all lines hold none of this. */
const hint =
  /eyJ|sb_secret_|sbp_|:\/\/|A[KS]IA|secret|gh[pousr]_|github_pat_|k_live_|xox|PRIVATE KEY|^[A-Za-z0-9+/=]{40,}\s*$|ewo/i;

export interface SecretMatch {
  readonly kind: string;
  readonly value: string;
}

/** Complete values in one line of text; those that are somebody's example are left out. */
export function findSecrets(line: string): readonly SecretMatch[] {
  if (line.length > 200_000 || !hint.test(line)) return [];
  return [...patterns.flatMap((pattern) => matchPattern(pattern, line)), ...matchInlineKey(line)];
}

function matchPattern({ kind, pattern, isReal }: SecretPattern, line: string): readonly SecretMatch[] {
  return [...line.matchAll(pattern)]
    .map(([whole, group]) => group ?? whole)
    .filter((value) => !isExample(value) && (isReal == null || isReal(value)))
    .map((value) => ({ kind, value }));
}

const inlineKey =
  /-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----((?:\\+[nr]|\s)*[A-Za-z0-9+/=]{40}[A-Za-z0-9+/=\\\s]*)/;

/** A key on one line, with `\n` for its line ends: as JSON and .env files hold it. */
function matchInlineKey(line: string): readonly SecretMatch[] {
  const body = inlineKey.exec(line)?.[1]?.replace(/\\+[nr]|\s/g, "");
  if (body == null || isExample(body)) return [];
  return [
    {
      kind: line.includes("private_key") ? "Google service account key" : "private key",
      value: body.slice(0, 400),
    },
  ];
}

/** The head of a key that goes on below, alone on its line but for indentation, comment marks and an opening quote. */
export function opensKey(line: string): boolean {
  return /^[\s"'`+#*/=\w:-]*-----BEGIN (?:RSA |EC |DSA |OPENSSH |ENCRYPTED )?PRIVATE KEY-----\s*$/.test(line);
}

/** The first line of a key's body. */
export function readKeyBody(line: string): string | null {
  const body = /^[\s#*"'`]*([A-Za-z0-9+/]{48,}={0,2})[\s"'`,;]*$/.exec(line)?.[1];
  return body == null || isExample(body) ? null : body;
}

/** Bytes of a signature (RFC 7518, 3.2 to 3.4); RSA's are as long as its key. */
const signatureBytes: Readonly<Record<string, number>> = { HS256: 32, ES256: 64, RS256: 256 };

/**
 * Signed as a real one is. The demo keys of `supabase start` are printed in its documentation, and the role anon is
 * public by nature.
 */
function isServiceRole(token: string): boolean {
  const [header, claims, signature] = token.split(".").map((part) => Buffer.from(part, "base64url"));
  if (header == null || claims == null || signature == null) return false;
  const { alg } = readJson(header) ?? {};
  const { role, iss } = readJson(claims) ?? {};
  const least = signatureBytes[String(alg)] ?? Number.POSITIVE_INFINITY;
  return role === "service_role" && iss !== "supabase-demo" && signature.length >= least;
}

function holdsPrivateKey(text: string): boolean {
  return typeof readJson(Buffer.from(text, "base64"))?.["private_key"] === "string";
}

function readJson(bytes: Buffer): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return value != null && typeof value === "object" ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const exampleWords =
  /example|sample|dummy|fake|placeholder|changeme|your[-_]|p(a|@|%40)ss|redacted|not[-_]?(a[-_]?)?real|xxxx|0000000/i;

/** Written by hand: telling words, few distinct characters, or characters that count up or repeat. */
function isExample(value: string): boolean {
  const text = value.replace(
    /^(sb_secret_|sbp_(oauth_)?|gh[pousr]_|github_pat_|[rs]k_live_|xox.-|AKIA|ASIA)/,
    "",
  );
  // In a long random text any short word turns up.
  if ((text.length < 200 && exampleWords.test(text)) || new Set(text).size < 6) return true;
  const codes = [...text].map((character) => character.charCodeAt(0));
  const steady = codes.filter((code, index) => {
    const step = code - (codes[index - 1] ?? Number.NaN);
    return step === 0 || step === 1;
  }).length;
  return steady > codes.length * 0.5 || repeats(text);
}

/** The same piece over and over. */
function repeats(text: string): boolean {
  for (let size = 1; size <= Math.min(16, text.length / 2); size += 1) {
    const piece = text.slice(0, size);
    if (text === piece.repeat(Math.ceil(text.length / size)).slice(0, text.length)) return true;
  }
  return false;
}
