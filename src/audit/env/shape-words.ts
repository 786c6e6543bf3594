import type { ValueShape } from "./value-shape.ts";

export const words: Readonly<Record<ValueShape, string>> = {
  empty: "nothing",
  placeholder: "a placeholder",
  url: "a URL",
  uuid: "a UUID",
  number: "a number",
  json: "JSON of another kind",
  "service-account": "the JSON of a service account",
  "publishable-key": "a public key",
  "secret-key": "a secret key",
  "webhook-secret": "a webhook's signing secret",
  token: "a token",
  text: "some text",
};

/** A public key where the secret one belongs, or the other way round. */
export function isSwapped(promised: ValueShape | null, shape: ValueShape): boolean {
  return (
    (promised === "publishable-key" && shape === "secret-key") ||
    (promised === "secret-key" && shape === "publishable-key")
  );
}
