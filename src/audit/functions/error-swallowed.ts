import type { Rule } from "../rule.ts";
import { bare, isFunction, keyOf, type Node, part, parts, walk } from "./analysis/node.ts";
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
      walk(program, (node, parents) => {
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
        const object = part(bare(callee), "object");
        const of = text.slice(object?.start ?? node.start, object?.end ?? node.start);
        const isEmpty = inner?.type === "BlockStatement" && parts(inner, "body").length === 0;
        const isNothing = inner?.type === "Literal" || text.slice(inner?.start, inner?.end) === "undefined";
        // Nobody takes what it comes to instead.
        const isAlone =
          parents.findLast((one) => !/^(Await|Parenthesized)Expression$/.test(one.type))?.type ===
          "ExpressionStatement";
        if (
          inner != null &&
          isSilent(inner.start, inner.end) &&
          ((isEmpty && /\b(fetch|insert|update|upsert|rpc|delete|invoke)\(/.test(of)) ||
            (isAlone && object != null && sends(object) && (isEmpty || isNothing)))
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

/** It is given something to do; closing and letting go may fail in silence. */
function sends(node: Node): boolean {
  const call = bare(node);
  const name = keyOf(part(call, "callee") ?? call, "property") ?? "";
  return (
    call.type === "CallExpression" &&
    parts(call, "arguments").length > 0 &&
    !/^(cancel|close|end|abort|release|unlock|destroy|return|then|finally)$/.test(name)
  );
}
