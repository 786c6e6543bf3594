import { findKeys } from "../find-keys.ts";
import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

const more: readonly (readonly [string, RegExp])[] = [
  ["a publishable Supabase key", /\bsb_publishable_[A-Za-z0-9_-]{20,}/g],
  ["a SendGrid key", /\bSG\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/g],
  ["an OpenAI key", /\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}/g],
];

export const keyInCode: Rule<FunctionsWorld> = {
  id: "key-in-code",
  area: "functions",
  severity: "error",
  title: "A key or token is written into the code",
  explanation:
    "Whoever reads the repository has it, and it stays in the history when it is removed. Public keys belong into the environment too: with one in the code a function talks to the wrong project after the next move.",
  fix: "Revoke it, set a new one as a secret of the project, and read it with Deno.env.get.",
  example: {
    bad: 'const supabase = createClient(url, "sb_secret_9aF…");',
    good: 'const supabase = createClient(url, Deno.env.get("SUPABASE_SECRET_KEY"));',
  },
  *check({ modules }) {
    for (const { path, text, comments } of modules) {
      const found = [
        ...findKeys(text),
        ...more.flatMap(([kind, shape]) => [...text.matchAll(shape)].map(({ index }) => ({ kind, index }))),
      ];
      for (const { kind, index } of found) {
        if (comments.some(({ start, end }) => start <= index && index < end)) continue;
        // The header of a PEM alone is what code cuts away.
        if (
          kind === "a private key" &&
          !/^[^\n]*(\\n|\n)[A-Za-z0-9+/]{16}/.test(text.slice(index, index + 90))
        )
          continue;
        yield { file: path, offset: index, subject: path, detail: `${kind} is written into the code` };
      }
    }
  },
};
