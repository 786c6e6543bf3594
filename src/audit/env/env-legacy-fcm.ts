import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const envLegacyFcm: Rule<EnvWorld> = {
  id: "env-legacy-fcm",
  area: "env",
  severity: "error",
  title: "A key of the legacy FCM API is read or set",
  explanation: "Google shut the server-key API down from 2024-07-22: every push with it fails.",
  fix: "Use FCM HTTP v1 with FCM_SERVICE_ACCOUNT, the JSON of a Firebase service account.",
  example: { bad: "Deno.env.get('FCM_SERVER_KEY')", good: "Deno.env.get('FCM_SERVICE_ACCOUNT')" },
  *check({ reads, declared, entries }) {
    // Beside the new name it is read only to say what to set instead.
    const knowsBetter = reads.some(({ name }) => /SERVICE_ACCOUNT/.test(name));
    for (const { name, file, offset } of [...(knowsBetter ? [] : reads), ...declared]) {
      if (/^(FCM|FIREBASE)_SERVER_KEY$/.test(name))
        yield { file, offset, subject: name, detail: `${name} belongs to an API that is gone`, anchor: name };
    }
    for (const { name, file, line } of entries) {
      if (/^(FCM|FIREBASE)_SERVER_KEY$/.test(name))
        yield { file, line, subject: name, detail: `${name} belongs to an API that is gone`, anchor: name };
    }
  },
};
