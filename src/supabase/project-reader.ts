import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";
import type { ProjectReader } from "../ports/project.ts";
import { type ManagementApi, parseReply } from "./management-api.ts";

const projectSchema = z.object({
  ref: z.string(),
  name: z.string(),
  region: z.string(),
  status: z.string(),
  database: z.object({ version: z.string() }),
});

const healthSchema = z.array(
  z.object({
    name: z.string(),
    healthy: z.boolean().optional(),
    status: z.string().optional(),
    error: z.string().optional(),
  }),
);

const keysSchema = z.array(
  z.object({ name: z.string(), type: z.string().nullish(), api_key: z.string().nullish() }),
);

/** What the app of a BEE project needs to answer. */
const services = ["db", "auth", "rest", "realtime"];

export function createProjectReader(api: ManagementApi, ref: string): ProjectReader {
  const path = `/v1/projects/${ref}`;
  return {
    async readProject() {
      const reply = await api.request({ method: "GET", path, repeatable: true });
      const { database, ...project } = parseReply(projectSchema, reply, `GET ${path}`);
      return { ...project, postgresVersion: database.version };
    },
    async readHealth() {
      const query = { services, timeout_ms: "5000" };
      const reply = await api.request({ method: "GET", path: `${path}/health`, query, repeatable: true });
      return parseReply(healthSchema, reply, `GET ${path}/health`).map(
        ({ name, healthy, status, error }) => ({
          name,
          healthy: status == null ? healthy === true : status === "ACTIVE_HEALTHY",
          ...(error == null ? {} : { error }),
        }),
      );
    },
    async readApiKeys() {
      const query = { reveal: "true" };
      const reply = await api.request({ method: "GET", path: `${path}/api-keys`, query, repeatable: true });
      const keys = parseReply(keysSchema, reply, `GET ${path}/api-keys`);
      // Revealed keys are plain ASCII; a masked one holds dots.
      const shown = keys.filter(({ api_key }) => api_key != null && /^[\w.-]+$/.test(api_key));
      const pick = (type: string, legacyName: string): string | null | undefined =>
        (shown.find((key) => key.type === type) ?? shown.find(({ name }) => name === legacyName))?.api_key;
      const publishable = pick("publishable", "anon");
      const secret = pick("secret", "service_role");
      if (publishable == null || secret == null) throw noKeys(ref);
      return { publishable, secret: new Secret(secret) };
    },
  };
}

function noKeys(ref: string): BeeError {
  return new BeeError({
    code: "BEE-E209",
    message: `The project ${ref} shows no usable pair of API keys`,
    detail: "bee needs a publishable (or anon) and a secret (or service_role) key to probe the deployed app.",
    hint: "Create them under Project settings › API keys, or use a token that may reveal them.",
    exit: exitCodes.unauthorised,
  });
}
