import * as z from "zod";
import type { DeployedFunction } from "../plan/deployed-function.ts";

/** FunctionResponse and DeployFunctionResponse of the Management API. */
export const functionSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  status: z.string(),
  version: z.number().int(),
  created_at: z.number().optional(),
  verify_jwt: z.boolean().optional(),
  import_map: z.boolean().optional(),
  entrypoint_path: z.string().nullish(),
  import_map_path: z.string().nullish(),
  ezbr_sha256: z.string().nullish(),
});

type FunctionRecord = z.infer<typeof functionSchema>;

export function toDeployed(record: FunctionRecord): DeployedFunction {
  const { slug, id, version, status, verify_jwt, ezbr_sha256 } = record;
  // The server's default for verify_jwt is true (POST …/functions/deploy).
  return { slug, id, version, status, verifyJwt: verify_jwt ?? true, hostSha256: ezbr_sha256 ?? null };
}
