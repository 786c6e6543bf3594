import type { Finding } from "../core/verdict.ts";
import type { AppReply, AppSession } from "../ports/app-gateway.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { pause } from "./pause.ts";
import { servingFunctions } from "./serving-functions.ts";

/** A new version takes seconds to reach every edge (supabase/supabase#35426): this many good answers in a row. */
const wanted = 3;
const patienceMs = 20_000;

/** Every function answers at all: no 404, no BOOT_ERROR, no worker limit. A preflight boots it and asks nothing. */
export const functionsBoot = defineGate({
  id: "functions-boot",
  title: "Functions boot and answer",
  readOnly: true,
  needs: ["app"],
  check: async ({ ports, view, signal }) => {
    const slugs = servingFunctions(view);
    if (slugs.length === 0) return { kind: "not-applicable", reason: "no function is to serve" };
    const session = ports.app.anonymous();
    const findings = await Promise.all(slugs.map((slug) => awaitBoot(session, slug, signal)));
    const ill = findings.filter((found) => found != null);
    if (ill.length > 0) return { kind: "fail", findings: ill };
    return { kind: "pass", evidence: { functions: slugs, answersInARow: wanted } };
  },
});

async function awaitBoot(session: AppSession, slug: string, signal: AbortSignal): Promise<Finding | null> {
  const deadline = performance.now() + patienceMs;
  let good = 0;
  for (let attempt = 0; ; attempt++) {
    const reply = await session.send({ method: "OPTIONS", path: `/functions/v1/${slug}` });
    const problem = describeBootProblem(reply);
    good = problem == null ? good + 1 : 0;
    if (good === wanted) return null;
    if (problem == null) continue;
    const hopeless = reply.status !== 404 && attempt >= 3;
    if (hopeless || performance.now() > deadline || signal.aborted) {
      return finding(
        "functions-boot",
        slug,
        `${slug}: ${problem}`,
        `See its log: bee local logs functions, or the dashboard's function log`,
      );
    }
    await pause(Math.min(250 * 2 ** attempt, 2000), signal);
  }
}

function describeBootProblem({ status, body }: AppReply): string | null {
  const code = body != null && typeof body === "object" && "code" in body ? String(body.code) : "";
  if (status === 404 && code === "NOT_FOUND") return "404, the gateway does not know it";
  if (status === 503 && code === "BOOT_ERROR") return "503 BOOT_ERROR, it does not start";
  if (status >= 500) return `${status} ${code}`.trim();
  return null;
}
