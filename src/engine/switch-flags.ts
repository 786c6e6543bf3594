import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { appPollSeconds, describeFlag, type FlagChange, type FlagState } from "../plan/app-flag.ts";
import type { AppFlags } from "../ports/app-flags.ts";
import type { AppSession } from "../ports/app-gateway.ts";
import type { Fence } from "../ports/deploy-lock.ts";

export interface SwitchInput {
  readonly flags: AppFlags;
  readonly changes: readonly FlagChange[];
  readonly fence: Fence;
  /** Who reads them back: the visitor before sign-in, and a signed-in user. */
  readonly readers: readonly AppSession[];
}

export interface SwitchOutcome {
  readonly changes: readonly FlagChange[];
  /** Running apps see it by then at the latest, as long as they are online; others when they start. */
  readonly seenWithinSeconds: number;
}

/** Switches, and reads back as the app does: a flag that the app cannot see is not switched. */
export async function switchFlags(input: SwitchInput): Promise<SwitchOutcome> {
  const { flags, changes, fence, readers } = input;
  await flags.apply(changes, fence);
  const differences = await Promise.all(readers.map((reader) => compareAsApp(reader, changes)));
  const found = differences.flat();
  if (found.length > 0) {
    throw new BeeError({
      code: "BEE-E823",
      message: "The flags are switched in the database, but the app sees them otherwise",
      detail: found.join("\n"),
      hint: "Check the policies and grants of public.feature_flags: bee verify",
      exit: exitCodes.partial,
    });
  }
  return { changes, seenWithinSeconds: appPollSeconds };
}

/** What the app is told that differs from the changes; throws BEE-E824 when it is told nothing. */
export async function compareAsApp(
  session: AppSession,
  changes: readonly FlagChange[],
): Promise<readonly string[]> {
  const keys = changes.map(({ key }) => key);
  if (keys.length === 0) return [];
  const who = session.userId == null ? "a visitor" : "a signed-in user";
  const path = `/rest/v1/feature_flags?select=key,enabled,minimum_app_version&key=in.(${keys.join(",")})`;
  const reply = await session.send({ path });
  const rows = z.array(seenSchema).safeParse(reply.body);
  if (reply.status !== 200 || !rows.success) throw unreadable(who, reply.status, reply.body);
  const seen = new Map(rows.data.map((row) => [row.key, row]));
  return changes.flatMap(({ key, to }) => {
    const row = seen.get(key);
    return sees(row, to) ? [] : [`${who} sees ${key} as ${describeSeen(row)}, not ${describeFlag(to)}`];
  });
}

const seenSchema = z.object({
  key: z.string(),
  enabled: z.boolean(),
  minimum_app_version: z.string().nullable(),
});
type Seen = z.infer<typeof seenSchema>;

function sees(row: Seen | undefined, to: FlagState | null): boolean {
  if (row == null || to == null) return row == null && to == null;
  return row.enabled === to.enabled && row.minimum_app_version === to.minimumAppVersion;
}

function describeSeen(row: Seen | undefined): string {
  if (row == null) return "absent";
  return describeFlag({
    enabled: row.enabled,
    value: "{}",
    minimumAppVersion: row.minimum_app_version,
    description: "",
  });
}

function unreadable(who: string, status: number, body: unknown): BeeError {
  return new BeeError({
    code: "BEE-E824",
    message: `The app cannot read its flags: ${who} was answered ${status}`,
    detail: `${JSON.stringify(body).slice(0, 300)}\nThe flags are switched in the database.`,
    hint: "Check that the API is up and serves public.feature_flags: bee status",
    exit: exitCodes.partial,
  });
}
