import { createHash, timingSafeEqual } from "node:crypto";
import type { HttpHandler, HttpReply, HttpRequest } from "../http/message.ts";
import { advisorRoutes } from "./advisor-routes.ts";
import { ApiError } from "./api-error.ts";
import { backupRoutes } from "./backup-routes.ts";
import { configRoutes } from "./config-routes.ts";
import { databaseRoutes } from "./database-routes.ts";
import type { ManagementDeps } from "./deps.ts";
import { functionRoutes } from "./function-routes.ts";
import { keyRoutes } from "./key-routes.ts";
import { logRoutes } from "./log-routes.ts";
import { projectRoutes } from "./project-routes.ts";
import { createRateLimit } from "./rate-limit.ts";
import { assembleRoutes, findRoute } from "./router.ts";
import { secretRoutes } from "./secret-routes.ts";

const digest = (text: string) => createHash("sha256").update(text).digest();

/**
 * The Management API of the local project (https://supabase.com/docs/reference/api), as far as a deployment needs it
 * and as far as it can be answered honestly. Everything else is 404.
 */
export function createManagement(deps: ManagementDeps): HttpHandler {
  const routes = assembleRoutes(
    functionRoutes(deps),
    secretRoutes(deps),
    projectRoutes(deps),
    keyRoutes(deps),
    configRoutes(deps),
    databaseRoutes(deps),
    backupRoutes(deps),
    logRoutes(deps),
    advisorRoutes(deps),
  );
  const countRequest = createRateLimit(deps.rateLimit, deps.now);
  const token = digest(deps.identity.accessToken);

  const authorize = (request: HttpRequest) => {
    const given = /^Bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1] ?? "";
    if (!timingSafeEqual(digest(given), token)) throw new ApiError(401, "Unauthorized");
  };

  return async (request) => {
    let headers: Readonly<Record<string, string>> = {};
    try {
      authorize(request);
      headers = countRequest();
      const found = findRoute(routes, request);
      if (found == null) throw new ApiError(404, `Cannot ${request.method} ${request.path}`);
      const { ref } = found.params;
      if (ref != null && ref !== deps.identity.projectRef) throw new ApiError(404, "Project not found");
      const reply = await found.route.handle({ request, params: found.params });
      return { ...reply, headers: { ...headers, ...reply.headers } };
    } catch (error) {
      return renderFailure(deps, request, error, headers);
    }
  };
}

function renderFailure(
  deps: ManagementDeps,
  request: HttpRequest,
  error: unknown,
  headers: Readonly<Record<string, string>>,
): HttpReply {
  if (error instanceof ApiError) {
    return {
      status: error.status,
      headers: { ...headers, ...error.headers },
      body: { message: error.message },
    };
  }
  deps.log("error", `${request.method} ${request.path} failed`, { error: String(error) });
  const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
  return {
    status: 500,
    headers,
    body: { message: full ? "No space left on the device" : "Internal server error" },
  };
}
