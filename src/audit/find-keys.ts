interface FoundKey {
  /** What it is; never the key itself. */
  readonly kind: string;
  readonly index: number;
}

const shapes: readonly (readonly [string, RegExp])[] = [
  ["a JSON web token", /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g],
  ["a Supabase secret key", /\bsb_secret_[A-Za-z0-9_-]{20,}/g],
  ["a Supabase access token", /\bsbp_[a-f0-9]{40}\b/g],
  ["a private key", /-----BEGIN (?:RSA |EC )?PRIVATE KEY-----/g],
  ["a Google API key", /\bAIza[A-Za-z0-9_-]{35}\b/g],
  ["a Stripe secret key", /\b[sr]k_(?:live|test)_[A-Za-z0-9]{20,}/g],
  ["a GitHub token", /\bgh[pousr]_[A-Za-z0-9]{36,}/g],
  ["an AWS access key", /\bAKIA[A-Z0-9]{16}\b/g],
  ["a Slack token", /\bxox[abprs]-[A-Za-z0-9-]{10,}/g],
];

/** Keys and tokens by their shape, with the offset of each. */
export function findKeys(text: string): readonly FoundKey[] {
  return shapes.flatMap(([kind, shape]) => [...text.matchAll(shape)].map(({ index }) => ({ kind, index })));
}
