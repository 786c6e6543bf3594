import { has, isRow, tags, type Value } from "./value.ts";

const oneTimeName =
  /^(?:\w+_)?(?:otp|otp_?code|one_?time_?(?:code|password|pin)|(?:verification|login|sms|email)_?code|passcode|pass_?code|reset_?(?:code|token|link)|magic_?link)$/i;

/** A code made here for somebody to prove themselves with: by its name, where it is not what the caller sent. */
export function markOneTimeCode(name: string, value: Value): Value {
  if (value.isNothing || has(value, tags.taint | tags.body | tags.response) || isRow(value)) return value;
  // `newOtp`, `smsCode`: the word at the end counts.
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1_$2");
  return oneTimeName.test(words) ? { ...value, tags: value.tags | tags.secret, source: drawn } : value;
}

const drawn = "drawn:";

/** Drawn in this very call: nobody can have known it before. */
export function isDrawn({ source }: Value): boolean {
  return source === drawn;
}
