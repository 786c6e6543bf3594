import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

const gate = "encryption-on";

/**
 * The database takes no connection in the clear, by the Management API (plan: "encryption"). That disks are encrypted
 * (AES-256) is the platform's own statement (https://supabase.com/security); nothing outside can measure it.
 */
export const encryptionOn = defineGate({
  id: gate,
  title: "The database is reached over TLS only",
  readOnly: true,
  needs: ["settings", "wire"],
  check: async ({ ports }) => {
    if (ports.wire.address.isLoopback) {
      return { kind: "not-applicable", reason: "the database is on this machine: nothing crosses a network" };
    }
    if (await ports.settings.readSslEnforced()) {
      return {
        kind: "pass",
        evidence: { inTransit: "enforced", atRest: "AES-256, stated by the platform, not measured" },
      };
    }
    return {
      kind: "fail",
      findings: [
        finding(
          gate,
          "ssl-enforcement",
          "the database takes connections without TLS",
          "Turn on Enforce SSL on incoming connections (Project settings › Database), or: supabase ssl-enforcement update --enable-db-ssl-enforcement",
        ),
      ],
    };
  },
});
