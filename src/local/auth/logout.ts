import type { PoolClient } from "pg";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import { readCaller } from "./caller.ts";
import type { AuthContext } from "./context.ts";
import { AuthRefusal } from "./refusal.ts";
import { withAuthTransaction } from "./transaction.ts";

type SessionChoice = { readonly only: string } | { readonly except: string | null };

/** Ends sessions of a user; their refresh tokens go with them. `except: null` ends all. */
export async function closeSessions(
  client: PoolClient,
  userId: string,
  choice: SessionChoice,
): Promise<void> {
  if ("only" in choice) {
    await client.query("delete from sessions where user_id = $1 and id = $2", [userId, choice.only]);
  } else {
    await client.query("delete from sessions where user_id = $1 and id is distinct from $2", [
      userId,
      choice.except,
    ]);
  }
}

/** POST /logout?scope=global|local|others; global when not said. */
export async function logOut(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const scope = request.query.get("scope") || "global";
  if (scope !== "global" && scope !== "local" && scope !== "others") {
    throw new AuthRefusal(400, "validation_failed", `Unsupported logout scope "${scope.slice(0, 40)}"`);
  }
  const { user, sessionId } = await readCaller(request, context);
  if (scope !== "global" && sessionId === null) {
    throw new AuthRefusal(400, "validation_failed", `Logout scope "${scope}" needs a token with a session`);
  }
  await withAuthTransaction(context.pool, (client) => {
    if (scope === "local" && sessionId !== null) return closeSessions(client, user.id, { only: sessionId });
    return closeSessions(client, user.id, { except: scope === "others" ? sessionId : null });
  });
  return { status: 204 };
}
