import { ApiError } from "./api-error.ts";
import type { HealthProbes, ManagementDeps } from "./deps.ts";
import type { RouteTable } from "./router.ts";

/** The organization that owns the local project. */
const organization = { id: "bee-local", slug: "bee-local", name: "Local" };

export const localRegion = "local";

const services = [
  "auth",
  "db",
  "db_postgres_user",
  "pooler",
  "realtime",
  "rest",
  "storage",
  "pg_bouncer",
] as const;
type Service = (typeof services)[number];

const defaultTimeoutMs = 2_000;
const maxTimeoutMs = 10_000;

function renderProject(deps: ManagementDeps) {
  const project = deps.project();
  return {
    id: deps.identity.projectRef,
    ref: deps.identity.projectRef,
    organization_id: organization.id,
    organization_slug: organization.slug,
    name: project.name,
    region: localRegion,
    status: "ACTIVE_HEALTHY",
    database: {
      host: "127.0.0.1",
      version: project.postgresVersion,
      postgres_engine: project.postgresVersion.split(".")[0] ?? "",
      release_channel: "ga",
    },
    created_at: project.createdAt,
  };
}

async function checkHealth(name: Service, probes: HealthProbes, timeoutMs: number) {
  const probe = name in probes ? probes[name as keyof HealthProbes] : undefined;
  if (probe == null) {
    return { name, healthy: false, status: "UNHEALTHY", error: "not part of the local platform" };
  }
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([probe(), timeout]);
    return { name, healthy: true, status: "ACTIVE_HEALTHY" };
  } catch (error) {
    return { name, healthy: false, status: "UNHEALTHY", error: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}

/** The project itself, its organization and the health of its parts. There is one project, and no second can be made. */
export function projectRoutes(deps: ManagementDeps): RouteTable {
  const oneProject = async () => {
    throw new ApiError(400, "The local platform has one project, which `bee local` manages");
  };
  return {
    "GET /v1/projects": async () => ({ status: 200, body: [renderProject(deps)] }),
    "POST /v1/projects": oneProject,
    "GET /v1/projects/{ref}": async () => ({ status: 200, body: renderProject(deps) }),
    "DELETE /v1/projects/{ref}": oneProject,
    "GET /v1/organizations": async () => ({ status: 200, body: [organization] }),
    "POST /v1/organizations": oneProject,
    "GET /v1/organizations/{slug}": async ({ params }) => {
      if (params["slug"] !== organization.slug) throw new ApiError(404, "Organization not found");
      const { id, name } = organization;
      return { status: 200, body: { id, name, opt_in_tags: [], allowed_release_channels: ["ga"] } };
    },
    "GET /v1/projects/{ref}/branches": async () => ({ status: 200, body: [] }),
    "GET /v1/projects/{ref}/health": async ({ request }) => {
      const asked = request.query.getAll("services").flatMap((value) => value.split(","));
      const names = asked.map((name) => {
        const service = services.find((known) => known === name);
        if (service == null) throw new ApiError(400, `services: expected some of ${services.join(", ")}`);
        return service;
      });
      if (names.length === 0) throw new ApiError(400, "services: Required");
      const timeoutMs = Number(request.query.get("timeout_ms") ?? defaultTimeoutMs);
      if (!(timeoutMs >= 0 && timeoutMs <= maxTimeoutMs))
        throw new ApiError(400, `timeout_ms: expected 0 to ${maxTimeoutMs}`);
      return {
        status: 200,
        body: await Promise.all(names.map((name) => checkHealth(name, deps.health, timeoutMs))),
      };
    },
  };
}
