import type { HttpReply, HttpRequest } from "../http/message.ts";
import type { AuthContext } from "./context.ts";

/** GET /settings: what can be used here. */
export async function showSettings(): Promise<HttpReply> {
  return {
    status: 200,
    body: {
      external: { anonymous_users: true, email: true, phone: false },
      disable_signup: false,
      mailer_autoconfirm: true,
      phone_autoconfirm: false,
      sms_provider: "",
      saml_enabled: false,
    },
  };
}

/** GET /health: 503 when the database does not answer. */
export async function showHealth(_request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const body = { name: "GoTrue", version: "bee-local", description: "The auth server of the local platform" };
  try {
    await context.pool.query("select 1 from auth.users limit 1");
    return { status: 200, body };
  } catch (error) {
    context.log("warn", "the database does not answer", {
      error: error instanceof Error ? error.message : String(error),
    });
    return { status: 503, body: { ...body, error: "the database does not answer" } };
  }
}
