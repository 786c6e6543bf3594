import type { SecretDigest } from "../plan/view.ts";
import { defineStep } from "../ports/step.ts";

/** Sets the function secrets that differ, before any function that reads them goes live (plan step 1.1). */
export const secretsSet = defineStep({
  id: "secrets.set",
  title: "Set function secrets",
  after: ["migrations.apply"],
  needs: ["secrets"],
  plan: ({ desired, actual }) => {
    const differing = differingSecrets(desired.secrets, actual.secretDigests);
    if (differing.length === 0) return null;
    return {
      summary: differing.map(({ name }) => name).join(", "),
      items: differing.map(({ name }) => ({
        object: name,
        from: actual.secretDigests.has(name) ? "another value" : null,
        to: "set",
      })),
    };
  },
  apply: async ({ ports, view, secretValues }) => {
    const differing = differingSecrets(view.desired.secrets, await ports.secrets.readDigests());
    const values = new Map(
      differing.flatMap(({ name }) => {
        const value = secretValues.get(name);
        return value == null ? [] : [[name, value] as const];
      }),
    );
    if (values.size > 0) await ports.secrets.set(values);
  },
  verify: async ({ ports, view }) =>
    differingSecrets(view.desired.secrets, await ports.secrets.readDigests()).map(
      ({ name }) => `the platform does not hold the value of ${name} that was sent`,
    ),
});

function differingSecrets(
  wanted: readonly SecretDigest[],
  held: ReadonlyMap<string, string>,
): readonly SecretDigest[] {
  return wanted.filter(({ name, sha256 }) => held.get(name) !== sha256);
}
