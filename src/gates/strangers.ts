import type { AppReply, AppRequest } from "../ports/app-gateway.ts";
import { unsignedToken } from "./forged-token.ts";

/** Somebody whom no function may take for a caller. */
export interface Stranger {
  readonly name: string;
  readonly headers: NonNullable<AppRequest["headers"]>;
}

const forever = 4_102_444_800;

/** Who can call without having signed in: what every copy of the app holds, and what anybody can write. */
export const strangers: readonly Stranger[] = [
  { name: "no token", headers: { authorization: null, apikey: null } },
  {
    name: "an unsigned token",
    headers: bearer(unsignedToken({ role: "service_role", iss: "supabase", exp: forever })),
  },
  { name: "the public key alone", headers: {} },
];

export function bearer(token: string): NonNullable<AppRequest["headers"]> {
  return { authorization: `Bearer ${token}` };
}

/** Any 4xx is a refusal: which one a function chooses depends on what it looks at first. */
export function isRefusal({ status }: AppReply): boolean {
  return status >= 400 && status < 500;
}
