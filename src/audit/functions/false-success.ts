import type { Rule } from "../rule.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionSource, FunctionsWorld } from "./world.ts";

export const falseSuccess: Rule<FunctionsWorld> = {
  id: "false-success",
  area: "functions",
  severity: "error",
  title: "A failure is answered as a success",
  explanation:
    "What handles the failure answers with a status of 200. Callers, retries and alarms take it for done; nobody learns that it was not.",
  fix: "Answer with 4xx or 5xx, for a batch with what failed.",
  example: {
    bad: "} catch (error) {\n  return Response.json({ success: false });\n}",
    good: '} catch (error) {\n  return Response.json({ error: "unavailable" }, { status: 503 });\n}',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, state, status, name, value }, source) => {
      if (kind !== "response" || status == null || status < 200 || status >= 300) return null;
      const isFailed = state.failing || name === "failed";
      if (!isFailed && state.overlooked == null) return null;
      // What it had before, and says so.
      if (["stale", "cached", "fallback"].some((one) => value.members?.has(one))) return null;
      if (source.modules.some(({ text }) => chat.test(text))) return null;
      if (isFailed) return `answers ${status} after a failure`;
      // Who signs a webhook sends it again, unless it is told that all is well.
      const isRepeated = state.owner && isSigned(source);
      if (!isRepeated && effects(source) !== 1) return null;
      return state.overlooked === "write"
        ? `answers ${status} when the write it is there for has failed`
        : `answers ${status} when the call it is there for has failed`;
    });
  },
};

/** Discord, Slack and Twilio show people the text of a 200, and of nothing else. */
const chat = /x-signature-ed25519|x-slack-signature|x-twilio-signature/i;

/** With more than one, the one that failed may be the lesser. */
function effects({ happenings }: FunctionSource): number {
  return new Set(
    happenings
      .filter(({ kind }) => kind === "write" || kind === "fetch")
      .map(({ file, node }) => `${file}:${node.start}`),
  ).size;
}

function isSigned({ modules }: FunctionSource): boolean {
  return modules.some(({ text }) =>
    /constructEvent(Async)?\(|["'][\w-]*signature[\w-]*["']|\bsvix\b/i.test(text),
  );
}
