import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

/** Every secret the functions need is there, real and allowed (plan step 1.1, "required environment variables"). */
export const secretsPresent = defineGate({
  id: "secrets-present",
  title: "Secrets are complete and real",
  readOnly: true,
  needs: [],
  check: async ({ facts, view }) => {
    const digests = view.actual.secretDigests;
    const findings = facts.secretProblems
      .filter(({ name, missing }) => missing == null || !digests.has(name))
      .map(({ name, problem, fix }) => finding("secrets-present", name, `${name} ${problem}`, fix));
    if (findings.length > 0) return { kind: "fail", findings };
    const names = view.desired.secrets.map(({ name }) => name);
    const set = view.desired.secrets.flatMap(({ name, sha256 }) =>
      digests.get(name) === sha256 ? [name] : [],
    );
    const keptThere = facts.secretProblems.map(({ name }) => name);
    return { kind: "pass", evidence: { names, setAsHere: set, onlyOnTarget: keptThere } };
  },
});
