import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { AppStability } from "../ports/app-stability.ts";
import { isSafeUrl } from "./safe-url.ts";

const timeoutMs = 15_000;
const period = "14d";

const replySchema = z.object({
  groups: z.array(
    z.object({
      by: z.object({ "session.status": z.string() }),
      totals: z.object({ "sum(session)": z.number().nullable() }),
    }),
  ),
});

/**
 * Sessions of the app's live release, by the variables that Sentry's own tools take: SENTRY_AUTH_TOKEN, SENTRY_ORG,
 * SENTRY_PROJECT (the project's number), SENTRY_RELEASE, and SENTRY_URL for a server of one's own.
 * Source: docs.sentry.io/api/releases/retrieve-release-health-session-statistics
 */
export function createSentry(env: Readonly<Record<string, string | undefined>>): AppStability {
  return {
    async readSessions() {
      const token = env["SENTRY_AUTH_TOKEN"] ?? "";
      if (token === "") return null;
      const base = (env["SENTRY_URL"] || "https://sentry.io").replace(/\/+$/, "");
      const [org = "", project = "", release = ""] = ["SENTRY_ORG", "SENTRY_PROJECT", "SENTRY_RELEASE"].map(
        (name) => env[name] ?? "",
      );
      const missing = [
        ...(org === "" ? ["SENTRY_ORG, the organization's short name"] : []),
        ...(/^\d+$/.test(project) ? [] : ["SENTRY_PROJECT, the project's number"]),
        ...(release === "" ? ["SENTRY_RELEASE, the app's release as Sentry lists it"] : []),
        ...(isSafeUrl(base) ? [] : ["SENTRY_URL must be https, or http on loopback"]),
      ];
      if (missing.length > 0) throw cannotRead(`not complete: ${missing.join("; ")}`);
      const query = new URLSearchParams([
        ["field", "sum(session)"],
        ["groupBy", "session.status"],
        ["project", project],
        ["environment", "production"],
        ["query", `release:${JSON.stringify(release)}`],
        ["statsPeriod", period],
        ["interval", "1d"],
        ["includeSeries", "0"],
      ]);
      const url = `${base}/api/0/organizations/${encodeURIComponent(org)}/sessions/?${query}`;
      const parsed = replySchema.safeParse(await ask(url, token));
      if (!parsed.success) throw cannotRead("the answer is not what its documentation says");
      const counts = parsed.data.groups.map(({ by, totals }) => ({
        status: by["session.status"],
        count: totals["sum(session)"] ?? 0,
      }));
      const sum = (some: typeof counts): number => some.reduce((total, { count }) => total + count, 0);
      const crashed = sum(counts.filter(({ status }) => status === "crashed"));
      return { crashed, total: sum(counts), release, period };
    },
  };
}

async function ask(url: string, token: string): Promise<unknown> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${token}`, accept: "application/json" },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  }).catch((error: unknown) => {
    throw cannotRead(error instanceof Error ? error.message : String(error));
  });
  if (!response.ok) throw cannotRead(`it answers ${response.status}`);
  return response.json().catch(() => null);
}

function cannotRead(why: string): BeeError {
  return new BeeError({
    code: "BEE-E756",
    message: `Sentry's sessions cannot be read: ${why}`,
    hint: "Set SENTRY_AUTH_TOKEN (scope org:read), SENTRY_ORG, SENTRY_PROJECT and SENTRY_RELEASE, or none of them.",
    exit: exitCodes.inconclusive,
  });
}
