import * as z from "zod";
import { ApiError } from "./api-error.ts";
import type { ManagementDeps } from "./deps.ts";
import { readJson } from "./request-body.ts";
import type { RouteTable } from "./router.ts";
import { digestOf } from "./secrets-file.ts";

/** https://supabase.com/docs/guides/functions/limits: 100 secrets of 48 KiB (24,576 characters), names up to 256. */
const maxSecrets = 100;
const maxValueBytes = 48 * 1024;

const secretName = z
  .string()
  .max(256)
  .regex(/^(?!SUPABASE_)/, "Secret name must not start with the SUPABASE_ prefix.")
  .regex(/^[^=\0]+$/, "Secret name must not be empty or contain = or NUL.");

const secretValue = z
  .string()
  .max(24_576)
  .refine((value) => !value.includes("\0"), "Secret value must not contain NUL.")
  .refine((value) => Buffer.byteLength(value) <= maxValueBytes, "Secret value must have at most 48 KiB.");

const createBody = z.array(z.object({ name: secretName, value: secretValue }));
const deleteBody = z.array(z.string());

/** Values go in and never come out: a list shows the sha256 of each. A change gives the functions new processes. */
export function secretRoutes(deps: ManagementDeps): RouteTable {
  const path = "/v1/projects/{ref}/secrets";
  return {
    [`GET ${path}`]: async () => {
      const updatedAt = deps.project().createdAt;
      const platform = Object.entries(deps.platformEnv()).map(([name, value]) => ({
        name,
        value: digestOf(value),
        updated_at: updatedAt,
      }));
      return { status: 200, body: [...deps.secrets.digests(), ...platform] };
    },
    [`POST ${path}`]: async ({ request }) => {
      const entries = readJson(request, createBody);
      const names = new Set([...Object.keys(deps.secrets.values()), ...entries.map(({ name }) => name)]);
      if (names.size > maxSecrets)
        throw new ApiError(400, `Maximum number of secrets reached (${maxSecrets})`);
      if (deps.secrets.set(entries, deps.now()).length > 0) deps.functions.restart();
      return { status: 201 };
    },
    [`DELETE ${path}`]: async ({ request }) => {
      if (deps.secrets.unset(readJson(request, deleteBody)).length > 0) deps.functions.restart();
      return { status: 200 };
    },
  };
}
