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
  ["a Telegram bot token", /(?:\bbot|(?<![\w-]))\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])/g],
  ["a Resend key", /\bre_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,}/g],
  ["an Anthropic key", /\bsk-ant-[A-Za-z0-9_-]{20,}/g],
  ["a Shopify token", /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/g],
  ["a Stripe webhook secret", /\bwhsec_[A-Za-z0-9+/]{24,}/g],
  ["a Slack webhook", /\bhooks\.slack\.com\/services\/T[A-Z0-9]{6,}\/B[A-Z0-9]{6,}\/[A-Za-z0-9]{16,}/g],
  ["a Discord webhook", /\bdiscord(?:app)?\.com\/api\/webhooks\/\d{15,}\/[A-Za-z0-9_-]{40,}/g],
  ["a Slack token", /\bxox[abprs]-[A-Za-z0-9-]{10,}/g],
];

/** Keys and tokens by their shape, with the offset of each. */
export function findKeys(text: string): readonly FoundKey[] {
  return shapes.flatMap(([kind, shape]) => [...text.matchAll(shape)].map(({ index }) => ({ kind, index })));
}
