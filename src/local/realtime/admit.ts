import { assembleCaller, type Caller } from "./caller.ts";
import type { Hub } from "./hub.ts";
import { tell } from "./sql-trouble.ts";

/** The caller behind a token, or in one line why the channel is not for them. */
export async function admit(hub: Hub, token: string): Promise<Caller | { readonly refusal: string }> {
  const claims = await hub.verify(token);
  if (claims === null)
    return { refusal: "InvalidJWTToken: the token is expired, or not signed by this project" };
  try {
    if (await hub.roles.allows(claims.role)) return assembleCaller(claims);
  } catch (error) {
    hub.log("warn", "a role could not be checked", { error: tell(error) });
    return { refusal: "Realtime was unable to connect to the project database" };
  }
  return { refusal: `Unauthorized: role ${claims.role} may not use the API` };
}
