import { createHash } from "node:crypto";
import { ApiError } from "./api-error.ts";
import type { ManagementDeps } from "./deps.ts";
import { readFlag } from "./request-body.ts";
import type { RouteTable } from "./router.ts";

const hash = (key: string) => createHash("sha256").update(key).digest("base64url");

/** A UUID that stays the same for a key. */
function keyId(key: string): string {
  const hex = createHash("sha256").update(`id:${key}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Hosted shows the first characters of a secret key and a dot for each of the rest. */
const prefixLength = "sb_secret_".length + 5;

/** The legacy JWT keys and the opaque ones; the secret key only shows whole with `reveal=true`. */
export function keyRoutes(deps: ManagementDeps): RouteTable {
  const legacy = (role: "anon" | "service_role", key: string) => ({
    name: role,
    api_key: key,
    id: role,
    type: "legacy",
    hash: hash(key),
    prefix: key.split(".")[2]?.slice(0, 5) ?? "",
    description: `Legacy ${role} API key`,
  });
  const opaque = (type: "publishable" | "secret", key: string, shown: string) => ({
    id: keyId(key),
    name: "default",
    type,
    api_key: shown,
    description: null,
    secret_jwt_template: type === "secret" ? { role: "service_role" } : null,
    hash: hash(key),
    prefix: key.slice(0, prefixLength),
    inserted_at: deps.project().createdAt,
    updated_at: deps.project().createdAt,
  });
  const list = (reveal: boolean) => {
    const { anonKey, serviceRoleKey, publishableKey, secretKey } = deps.identity;
    const masked = secretKey.slice(0, prefixLength).padEnd(secretKey.length, "·");
    return [
      legacy("anon", anonKey),
      legacy("service_role", serviceRoleKey),
      opaque("publishable", publishableKey, publishableKey),
      opaque("secret", secretKey, reveal ? secretKey : masked),
    ];
  };
  const path = "/v1/projects/{ref}/api-keys";
  return {
    [`GET ${path}`]: async ({ request }) => ({
      status: 200,
      body: list(readFlag(request, "reveal") ?? false),
    }),
    [`GET ${path}/legacy`]: async () => ({ status: 200, body: { enabled: true } }),
    [`GET ${path}/{id}`]: async ({ request, params }) => {
      const key = list(readFlag(request, "reveal") ?? false).find(({ id }) => id === params["id"]);
      if (key == null) throw new ApiError(404, "API key not found");
      return { status: 200, body: key };
    },
  };
}
