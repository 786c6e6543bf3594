import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Secret } from "../core/secret.ts";
import type { SecretStore } from "../ports/secret-store.ts";
import { type ManagementApi, parseReply } from "./management-api.ts";

const listSchema = z.array(z.object({ name: z.string(), value: z.string() }));

/** Limits of the platform (Management API, POST …/secrets). */
const limits = { nameLength: 256, valueLength: 24_576, count: 100 };

export function createSecretStore(api: ManagementApi, ref: string): SecretStore {
  const path = `/v1/projects/${ref}/secrets`;
  return {
    async readDigests() {
      const reply = await api.request({ method: "GET", path, repeatable: true });
      return new Map(parseReply(listSchema, reply, `GET ${path}`).map(({ name, value }) => [name, value]));
    },
    async set(values) {
      if (values.size === 0) return;
      checkLimits(values);
      const json = [...values].map(([name, value]) => ({ name, value: value.reveal() }));
      await api.request({ method: "POST", path, json, repeatable: true });
    },
    async unset(names) {
      if (names.length === 0) return;
      await api.request({ method: "DELETE", path, json: names, repeatable: true });
    },
  };
}

/** The API would refuse the lot with one line; this names each and sends nothing. */
function checkLimits(values: ReadonlyMap<string, Secret>): void {
  const problems = [...values].flatMap(([name, value]) => [
    ...(name.startsWith("SUPABASE_")
      ? [`${name}: names that begin with SUPABASE_ belong to the platform`]
      : []),
    ...(name === "" || name.length > limits.nameLength
      ? [`${name}: names have 1 to ${limits.nameLength} characters`]
      : []),
    ...(value.reveal().length > limits.valueLength
      ? [`${name}: longer than ${limits.valueLength} characters`]
      : []),
  ]);
  if (values.size > limits.count) problems.push(`${values.size} secrets; the platform takes ${limits.count}`);
  if (problems.length === 0) return;
  throw new BeeError({
    code: "BEE-E720",
    message: "These secrets cannot be set",
    detail: `${problems.join("\n")}\nNone was sent.`,
    hint: "Correct them in the target's .env file.",
    exit: exitCodes.usage,
  });
}
