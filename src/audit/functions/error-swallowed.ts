import type { Rule } from "../rule.ts";
import { bare, isFunction, keyOf, part, parts, walk } from "./analysis/node.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

const ignored: Readonly<Record<string, string>> = {
  write: "the write may fail, and nobody looks at its error",
  settled: "nobody looks at what became of these",
  unsent: "the write is never sent: a query goes out when it is waited for",
  floating: "nobody waits for it: it is cut off with the answer, and when it fails nobody learns of it",
};

export const errorSwallowed: Rule<FunctionsWorld> = {
  id: "error-swallowed",
  area: "functions",
  severity: "warning",
  title: "A failure is dropped without a trace",
  explanation:
    "A catch without content, a write whose answer nobody looks at (supabase-js does not throw, it returns the error), a promise that nobody waits for, or a list of settled ones that nobody reads: it fails, and all goes on as if it had not.",
  fix: "Look at `error`, add .throwOnError(), wait for it or hand it to EdgeRuntime.waitUntil, or say in the catch why nothing is to be done.",
  example: {
    bad: 'await client.from("events").insert(event);\nreturn new Response("saved");',
    good: 'const { error } = await client.from("events").insert(event);\nif (error) return new Response("failed", { status: 500 });',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, name }) => (kind === "ignored" ? (ignored[name] ?? null) : null));
    for (const { path, program, comments, text } of world.modules) {
      if (!/\bcatch\b/.test(text)) continue;
      const hits: { file: string; offset: number; subject: string; detail: string }[] = [];
      const isSilent = (start: number, end: number): boolean =>
        !comments.some((one) => start <= one.start && one.end <= end);
      walk(program, (node) => {
        const body = node.type === "CatchClause" ? part(node, "body") : null;
        if (body != null && parts(body, "body").length === 0 && isSilent(body.start, body.end))
          hits.push({
            file: path,
            offset: node.start,
            subject: path,
            detail: "an empty catch, without a word why",
          });
        if (node.type !== "CallExpression") return undefined;
        const callee = part(node, "callee");
        const handler = parts(node, "arguments")[0];
        if (
          callee == null ||
          handler == null ||
          keyOf(bare(callee), "property") !== "catch" ||
          !isFunction(handler)
        )
          return undefined;
        const inner = part(handler, "body");
        const of = text.slice(
          part(bare(callee), "object")?.start ?? node.start,
          part(bare(callee), "object")?.end ?? node.start,
        );
        if (
          inner?.type === "BlockStatement" &&
          parts(inner, "body").length === 0 &&
          isSilent(inner.start, inner.end) &&
          /\b(fetch|insert|update|upsert|rpc|delete|invoke)\(/.test(of)
        )
          hits.push({
            file: path,
            offset: handler.start,
            subject: path,
            detail: "an empty .catch(), without a word why",
          });
        return undefined;
      });
      yield* hits;
    }
  },
};
