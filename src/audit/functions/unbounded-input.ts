import type { Rule } from "../rule.ts";
import type { Happening } from "./analysis/happening.ts";
import { holds, type Node, part } from "./analysis/node.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const unboundedInput: Rule<FunctionsWorld> = {
  id: "unbounded-input",
  area: "functions",
  severity: "error",
  title: "The caller decides how long the function works",
  explanation:
    "It works through a list of any length, reads an upload of any size, or loops without an end. A function has 256 MB and 2 s of CPU; one request takes them all, and each item may be a database call.",
  fix: "Refuse lists and bodies above a fixed size (413 or 400), and give each loop an end.",
  example: {
    bad: 'for (const event of (await req.json()).events) await client.from("events").insert(event);',
    good: 'if (!Array.isArray(events) || events.length > 100) return new Response("too many", { status: 400 });',
  },
  *check(world) {
    const worked = new Set(
      world.functions.flatMap(({ slug, happenings }) =>
        happenings.filter(isWork).map(({ value }) => `${slug}:${value.source}`),
      ),
    );
    const texts = new Map(world.modules.map(({ path, text }) => [path, text]));
    yield* happeningHits(world, ({ kind, name, value, node, file }, { slug }) => {
      if (kind === "loop" && name === "endless") {
        if (!hasWayOut(node)) return "loops without a way out";
        return triesForEver(node) ? "tries again for ever" : null;
      }
      if ((value.tags & tags.bounded) !== 0) return null;
      if (kind === "loop" && name === "spend") return "has a paid service write as much as the request says";
      if (kind === "loop" && name === "rows") return "asks for as many rows as the request says";
      if (kind === "loop" && name === "count") return "goes round as often as the request says";
      if (kind === "body-read" && isUpload(name, texts.get(file) ?? ""))
        return "reads an upload of any size into memory";
      if (kind !== "loop" || (value.tags & tags.body) === 0 || value.source === "") return null;
      // Where each is looked at and then worked on, the work is the place to speak of.
      if (name === "look" && worked.has(`${slug}:${value.source}`)) return null;
      return "works through a list from the request of any length";
    });
  },
};

function isUpload(read: string, text: string): boolean {
  if (read === "formData") return takesFile(text);
  // A signature is over every byte that came.
  return /^(arrayBuffer|blob|bytes)$/.test(read) && !/signature|hmac/i.test(text);
}

/** A form without a file is a body like any other; a file's size can only be looked at once it is here. */
function takesFile(text: string): boolean {
  return (
    /\.upload\(|\.arrayBuffer\(|\.stream\(|\b(instanceof|as) (File|Blob)\b/.test(text) &&
    !/\.size\s*[<>]|content-length/i.test(text)
  );
}

function isWork({ kind, name, value }: Happening): boolean {
  return kind === "loop" && name === "over" && (value.tags & tags.bounded) === 0;
}

/** The only way out is success: what fails inside is caught, and it goes round again. */
function triesForEver(loop: Node): boolean {
  return holds(loop, (node) => {
    const handler = node.type === "TryStatement" ? part(node, "handler") : null;
    const calls = handler == null ? null : part(node, "block");
    return handler != null && calls != null && !hasWayOut(handler) && waits(calls) && !counts(loop);
  });
}

function waits(block: Node): boolean {
  return holds(block, ({ type }) => type === "AwaitExpression");
}

/** Something is compared with a number or a time and ends the loop: attempts, a deadline. */
function counts(loop: Node): boolean {
  return holds(loop, (node) => {
    const test = node.type === "IfStatement" ? part(node, "test") : null;
    const then = node.type === "IfStatement" ? part(node, "consequent") : null;
    const operator = test?.type === "BinaryExpression" ? String(test["operator"]) : "";
    const isCount =
      /^[<>]=?$/.test(operator) ||
      (/^===?$/.test(operator) && test != null && part(test, "left")?.type === "Identifier");
    return isCount && then != null && hasWayOut(then);
  });
}

function hasWayOut(loop: Node): boolean {
  return holds(loop, ({ type }) => /^(Break|Return|Throw)Statement$/.test(type));
}
