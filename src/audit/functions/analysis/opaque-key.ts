import { has, tags, type Value } from "./value.ts";

const opaque =
  /(^|_)(token|secret|api_?key|nonce)$|(^|_)(token|secret|key|code|state)_?(hash|digest|sha256)$|^hash$/i;
const pending = /oauth|auth_|pkce|nonce|verif|invit|magic|link|token|session|handshake|connect/i;

/** Where a message goes is no secret of who asks. */
const device = /(fcm|apns|push|device|expo|registration)_?token$/i;

/** What was sent is a key that a row is found by: by what it is, or by the names of column and table. */
export function isKey(column: string, table: string, value: Value): boolean {
  if (has(value, tags.token)) return true;
  if (!has(value, tags.taint) || has(value, tags.identity) || device.test(column)) return false;
  return opaque.test(column) || (/^(state|code|nonce)$/.test(column) && pending.test(table));
}
