import type { Finding } from "../core/verdict.ts";
import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

/** The functions that are live are the declared ones, no more and no fewer, and are what the last release activated. */
export const functionsDeclared = defineGate({
  id: "functions-declared",
  title: "The live functions are the declared ones, as released",
  readOnly: true,
  needs: ["functions"],
  check: async ({ ports, view }) => {
    const live = await ports.functions.list();
    const wanted = view.desired.functions;
    const released = view.actual.release?.functions ?? [];
    const findings: Finding[] = [];
    const say = (slug: string, detail: string, fix: string): void => {
      findings.push(finding("functions-declared", slug, `${slug} ${detail}`, fix));
    };
    for (const { slug } of live) {
      if (wanted.some((one) => one.slug === slug)) continue;
      say(slug, "is live and not declared", `Delete it, or declare it: supabase functions delete ${slug}`);
    }
    for (const { slug, sha256, verifyJwt } of wanted) {
      const deployed = live.find((one) => one.slug === slug);
      const recorded = released.find((one) => one.slug === slug);
      const deploy = "Deploy it: bee deploy phase1";
      if (deployed == null) say(slug, "is declared and not live", deploy);
      else if (deployed.status !== "ACTIVE") say(slug, `is ${deployed.status}`, deploy);
      else if (deployed.verifyJwt !== verifyJwt) say(slug, `has verify_jwt ${deployed.verifyJwt}`, deploy);
      else if (recorded == null) say(slug, "is live, but no release recorded it", deploy);
      else if (recorded.hostSha256 !== deployed.hostSha256)
        say(slug, "is not what the last release activated: somebody else deployed", deploy);
      else if (recorded.bundleSha256 !== sha256)
        say(slug, "is live in another version than the files here", deploy);
    }
    if (findings.length > 0) return { kind: "fail", findings };
    return {
      kind: "pass",
      evidence: { live: live.map(({ slug, version }) => `${slug} ${version}`) },
    };
  },
});
