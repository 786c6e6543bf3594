import type { Rule } from "../rule.ts";
import { tags } from "./analysis/value.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const ssrf: Rule<FunctionsWorld> = {
  id: "ssrf",
  area: "functions",
  severity: "error",
  title: "The caller chooses where the function connects to",
  explanation:
    "A URL from the request is fetched from inside: other services of the network, metadata addresses, and any host that then sees the function's headers (server-side request forgery).",
  fix: "Build the URL from a fixed host, or compare its host with a list.",
  example: {
    bad: "const { url } = await req.json();\nconst image = await fetch(url, { signal: AbortSignal.timeout(5000) });",
    good: 'if (!allowedHosts.has(new URL(url).hostname)) return new Response("refused", { status: 400 });',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, value }) =>
      kind === "fetch" &&
      (value.tags & tags.taint) !== 0 &&
      (value.tags & (tags.fixedHost | tags.listed | tags.shaped)) === 0
        ? "fetches a URL that the request names"
        : null,
    );
  },
};
