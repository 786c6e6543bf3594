import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const nativeDuplicate: Rule<FunctionsWorld> = {
  id: "native-duplicate",
  area: "functions",
  severity: "info",
  title: "The function does what the platform does by itself",
  explanation:
    "Realtime sends changes of rows to subscribers (postgres_changes), and PostgREST takes many rows in one insert under row level security. A function in between is one more thing to deploy, secure and pay for.",
  fix: "Let the app use the feature, and delete the function once nobody calls it.",
  example: {
    bad: "Deno.serve(async (req) => { await client.from('events').insert(await req.json()); … });",
    good: "await supabase.from('events').insert(events);   // in the app, under row level security",
  },
  *check({ functions }) {
    for (const { slug, entry, modules, happenings } of functions) {
      const text = modules.map((one) => one.text).join("\n");
      if (entry == null) continue;
      const say = (what: string) => ({
        file: entry,
        line: 1,
        anchor: slug,
        subject: slug,
        detail: `${slug} does what ${what} does by itself`,
      });
      const isWork = happenings.some(({ kind }) => /^(write|fetch|sql)$/.test(kind));
      if (/["'`]postgres_changes["'`]/.test(text) || (/\.channel\(/.test(text) && !isWork))
        yield say("Realtime");
      const writes = happenings.filter(
        ({ kind, name }) => kind === "filter" && /^(= |whole body)/.test(name),
      );
      const isOnlyInsert =
        writes.length > 0 &&
        /\.(insert|upsert)\(/.test(text) &&
        !/\.(select|update|delete|rpc|eq)\(/.test(text) &&
        !happenings.some(({ kind }) => kind === "fetch" || kind === "sql") &&
        happenings.some(({ kind, name }) => (kind === "loop" && name === "over") || kind === "body-read") &&
        writes.some(({ name, value }) => name === "whole body" || value.path.startsWith("@"));
      if (isOnlyInsert && /(?<![."'`])\b(events|rows|items|records|batch|entries)\b(?!["'`])/.test(text))
        yield say("a bulk insert of PostgREST");
    }
  },
};
