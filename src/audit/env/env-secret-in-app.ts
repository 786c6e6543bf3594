import type { Rule } from "../rule.ts";
import type { EnvWorld } from "./world.ts";

export const envSecretInApp: Rule<EnvWorld> = {
  id: "env-secret-in-app",
  area: "env",
  severity: "error",
  title: "A secret is compiled into the app",
  explanation: "What --dart-define gives can be read out of the app by everybody who has it.",
  fix: "Keep it on the server and call a function instead.",
  example: {
    bad: "const key = String.fromEnvironment('SUPABASE_SERVICE_ROLE_KEY');",
    good: "final reply = await supabase.functions.invoke('send-mail');",
  },
  *check({ dartReads }) {
    for (const { name, file, offset } of dartReads) {
      if (
        !/SERVICE_ROLE|SERVICE_ACCOUNT|SECRET|PRIVATE_KEY|SERVER_KEY|PASSWORD|DATABASE_URL|DB_URL/.test(name)
      )
        continue;
      yield {
        file,
        offset,
        subject: name,
        detail: `${name} is part of the app that users hold`,
        anchor: name,
      };
    }
  },
};
