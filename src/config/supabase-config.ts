import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "smol-toml";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { describeIssue } from "./describe-issue.ts";

/** The part of supabase/config.toml that a deployment reads; other keys belong to the supabase CLI. */
const schema = z.object({
  api: z.object({ schemas: z.array(z.string()).optional() }).optional(),
  functions: z
    .record(
      z.string(),
      z.object({
        enabled: z.boolean().default(true),
        verify_jwt: z.boolean().default(true),
        entrypoint: z.string().optional(),
        import_map: z.string().optional(),
      }),
    )
    .default({}),
});

export type SupabaseConfig = z.infer<typeof schema>;

/** Absent file = all defaults, as for the supabase CLI. */
export async function readSupabaseConfig(root: string): Promise<SupabaseConfig> {
  const file = "supabase/config.toml";
  const text = await readFile(join(root, file), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw invalid(file, error instanceof Error ? error.message : String(error));
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw invalid(file, parsed.error.issues.flatMap((issue) => describeIssue(issue, value)).join("\n"));
  }
  return parsed.data;
}

/** Schemas the API exposes (`[api] schemas`; the platform's default is public and graphql_public). */
export function exposedSchemas(config: SupabaseConfig): readonly string[] {
  return config.api?.schemas ?? ["public", "graphql_public"];
}

function invalid(file: string, detail: string): BeeError {
  return new BeeError({
    code: "BEE-E103",
    message: `${file} cannot be read.`,
    detail,
    hint: `Mend ${file}, then try again.`,
    exit: exitCodes.usage,
  });
}
