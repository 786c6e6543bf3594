import type { Rule } from "../rule.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const errorReturned: Rule<FunctionsWorld> = {
  id: "error-returned",
  area: "functions",
  severity: "error",
  title: "An error's text or stack goes back to the caller",
  explanation:
    "Texts of errors name tables, columns, files, other users' values and the versions in use. They are made for the log.",
  fix: "Answer with a fixed text and a request id, and log the error under that id. Texts of your own error class are fine.",
  example: {
    bad: "} catch (error) {\n  return new Response(error.message, { status: 500 });\n}",
    good: '} catch (error) {\n  console.error(requestId, error);\n  return Response.json({ error: "internal", request_id: requestId }, { status: 500 });\n}',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, bits, status }) =>
      kind === "response" && status !== -1 && (bits & tags.errorText) !== 0
        ? "answers with the text of an error"
        : null,
    );
  },
};
