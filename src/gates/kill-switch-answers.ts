import { isKillSwitch } from "../plan/kill-switch.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

/** What is switched off says so: 503 with Retry-After, so that callers come back by themselves. */
export const killSwitchAnswers = defineGate({
  id: "kill-switch-answers",
  title: "Switched-off functions answer 503 with Retry-After",
  readOnly: true,
  needs: ["app"],
  check: async ({ ports, view }) => {
    const slugs = view.desired.functions.filter(isKillSwitch).map(({ slug }) => slug);
    if (slugs.length === 0) return { kind: "not-applicable", reason: "no function is switched off" };
    const replies = await Promise.all(
      slugs.map(async (slug) => ({
        slug,
        reply: await ports.app.service().send({ method: "POST", path: `/functions/v1/${slug}`, json: {} }),
      })),
    );
    const wrong = replies.filter(({ reply }) => reply.status !== 503 || reply.headers["retry-after"] == null);
    if (wrong.length === 0) return { kind: "pass", evidence: { switchedOff: slugs } };
    return {
      kind: "fail",
      findings: wrong.map(({ slug, reply }) =>
        finding(
          "kill-switch-answers",
          slug,
          `${slug} answers ${reply.status}`,
          "Run the same command again; then look at the functions' log.",
        ),
      ),
    };
  },
});
