import type { Rule } from "../rule.ts";
import { happeningHits } from "./hits.ts";
import type { FunctionsWorld } from "./world.ts";

export const routeNeverMatches: Rule<FunctionsWorld> = {
  id: "route-never-matches",
  area: "functions",
  severity: "error",
  title: "A route compares the path without the function's name",
  explanation:
    "On Supabase the path that a function sees starts with its own name: /my-function/items. A route for /items never matches there, and the function answers 404 to everything.",
  fix: 'Put the name in front (Hono: .basePath("/my-function")), or cut it off before comparing.',
  example: {
    bad: 'if (new URL(req.url).pathname === "/items") return list();',
    good: 'const path = new URL(req.url).pathname.replace(/^\\/my-function/, "");\nif (path === "/items") return list();',
  },
  *check(world) {
    yield* happeningHits(world, ({ kind, name: given }, { slug, isEdge, happenings }) => {
      // `${req.method} ${pathname}`
      const name = given.replace(/^[A-Z]+ (?=\/)/, "");
      if (!isEdge || !name.startsWith("/") || /^\/(:|\*|functions\/v1)/.test(name)) return null;
      const isNamed = (path: string): boolean => path === `/${slug}` || path.startsWith(`/${slug}/`);
      if (isNamed(name)) return null;
      if (kind === "route") return `the route ${name} is never reached: the path starts with /${slug}`;
      const twin = `/${slug}${name}`.replace(/\/$/, "");
      if (
        kind !== "path-compared" ||
        happenings.some((one) => one.kind === kind && one.name.replace(/\/$/, "") === twin)
      )
        return null;
      return `the path is never ${name}: it starts with /${slug}`;
    });
  },
};
