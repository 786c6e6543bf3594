import type { HttpHandler, HttpReply, HttpRequest } from "../http/message.ts";
import { jwks } from "../tokens.ts";
import { createTokenSigner } from "./access-token.ts";
import { createUser, deleteUser, listUsers, showUser, updateUser } from "./admin-users.ts";
import { FailedAttempts } from "./attempts.ts";
import { requireService } from "./caller.ts";
import type { AuthContext, AuthDeps, Endpoint } from "./context.ts";
import { generateLink } from "./links.ts";
import { logOut } from "./logout.ts";
import { showOwnUser, updateOwnUser } from "./own-user.ts";
import { AuthRefusal, renderRefusal } from "./refusal.ts";
import { showHealth, showSettings } from "./settings.ts";
import { issueToken } from "./sign-in.ts";
import { signUp } from "./sign-up.ts";
import { refuseFactors, refuseMail, refuseProvider } from "./unavailable.ts";
import { followLink, verifyCode } from "./verify.ts";

type Methods = Readonly<Record<string, Endpoint>>;

const showKeys: Endpoint = async (_request, { identity }) => ({
  status: 200,
  headers: { "cache-control": "public, max-age=600" },
  body: jwks(identity),
});

const endpoints: ReadonlyMap<string, Methods> = new Map<string, Methods>([
  ["/signup", { POST: signUp }],
  ["/token", { POST: issueToken }],
  ["/user", { GET: showOwnUser, PUT: updateOwnUser }],
  ["/logout", { POST: logOut }],
  ["/settings", { GET: showSettings }],
  ["/health", { GET: showHealth }],
  ["/.well-known/jwks.json", { GET: showKeys }],
  ["/verify", { GET: followLink, POST: verifyCode }],
  ["/otp", { POST: refuseMail }],
  ["/magiclink", { POST: refuseMail }],
  ["/recover", { POST: refuseMail }],
  ["/resend", { POST: refuseMail }],
  ["/invite", { POST: refuseMail }],
  ["/reauthenticate", { GET: refuseMail }],
  ["/authorize", { GET: refuseProvider }],
  ["/callback", { GET: refuseProvider, POST: refuseProvider }],
  ["/sso", { POST: refuseProvider }],
  ["/factors", { POST: refuseFactors }],
]);

async function route(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const methods = request.path.startsWith("/admin/")
    ? adminMethods(request.path)
    : endpoints.get(request.path);
  if (methods === undefined) {
    throw new AuthRefusal(
      404,
      "not_found",
      `${request.path.slice(0, 200)} is not part of the local auth server`,
    );
  }
  const endpoint = Object.hasOwn(methods, request.method) ? methods[request.method] : undefined;
  if (endpoint === undefined) {
    throw new AuthRefusal(405, "not_found", `${request.method} is not answered here`);
  }
  if (request.path.startsWith("/admin/")) await requireService(request, context);
  return endpoint(request, context);
}

function adminMethods(path: string): Methods | undefined {
  if (path === "/admin/users") return { GET: listUsers, POST: createUser };
  if (path === "/admin/generate_link") return { POST: generateLink };
  const id = /^\/admin\/users\/([^/]+)$/.exec(path)?.[1];
  if (id === undefined) return undefined;
  return {
    GET: (_request, context) => showUser(id, context),
    PUT: (request, context) => updateUser(id, request, context),
    DELETE: (request, context) => deleteUser(id, request, context),
  };
}

/**
 * The auth server below /auth/v1: GoTrue's endpoints for passwords, anonymous users, sessions and administration, as
 * supabase-js uses them. Sends no mail. Never throws: what goes wrong is a 500 in GoTrue's form and a line in the log.
 */
export function createAuth(deps: AuthDeps): HttpHandler {
  const context: AuthContext = {
    ...deps,
    sign: createTokenSigner(deps.identity.signingKey, deps.issuer),
    attempts: new FailedAttempts(),
  };
  return async (request) => {
    try {
      return await route(request, context);
    } catch (error) {
      if (error instanceof AuthRefusal) return renderRefusal(error, request);
      deps.log("error", "the request failed", {
        method: request.method,
        path: request.path,
        error: error instanceof Error ? error.message : String(error),
      });
      return renderRefusal(new AuthRefusal(500, "unexpected_failure", "Internal Server Error"), request);
    }
  };
}
