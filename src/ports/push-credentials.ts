import type { Secret } from "../core/secret.ts";

export type PushAnswer =
  | { readonly kind: "accepted" }
  /** By whom, with status and code. */
  | { readonly kind: "refused"; readonly why: string }
  | { readonly kind: "unclear"; readonly why: string };

/** Tries the service account that notifications are sent with. Sends nothing: `validate_only`. Never rejects. */
export interface PushCredentials {
  /** `account` is its JSON, plain or base64; `endpoint` another address than Google's. */
  validate(account: Secret, endpoint: Secret | null): Promise<PushAnswer>;
}
