import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { NewRelease, Release } from "../plan/release.ts";

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** Names every field there is, so that a new one cannot be dropped on the way back unseen. */
const releaseShape = {
  projectRef: z.string(),
  phase: z.string(),
  planDigest: z.string(),
  durationMs: z.number(),
  actor: z.string(),
  gitSha: z.string().nullable(),
  gitDirty: z.boolean(),
  tools: z.record(z.string(), z.string()),
  migrations: z.array(z.object({ version: z.string(), sha256: digest })),
  functions: z.array(
    z.object({
      slug: z.string(),
      bundleSha256: digest,
      hostSha256: z.string().nullable(),
      version: z.number().int(),
      verifyJwt: z.boolean(),
    }),
  ),
  secrets: z.array(z.object({ name: z.string(), sha256: z.string() })),
  restores: z.string().optional(),
  gates: z.array(z.object({ id: z.string(), verdict: z.string() })),
} satisfies Record<keyof NewRelease, z.ZodType>;

const releaseSchema = z.object(releaseShape) satisfies z.ZodType<NewRelease>;

/** A row of bee.releases. Throws BEE-E553 when it is not a release. */
export function parseRelease(number: string, recordedAt: Date, release: unknown): Release {
  const parsed = releaseSchema.safeParse(release);
  if (parsed.success) return { ...parsed.data, id: `r${number}`, recordedAt: recordedAt.toISOString() };
  throw new BeeError({
    code: "BEE-E553",
    message: `Release r${number} in the ledger cannot be read`,
    detail: z.prettifyError(parsed.error),
    hint: `Look at it: select release from bee.releases where number = ${number}`,
    exit: exitCodes.inconclusive,
    cause: parsed.error,
  });
}
