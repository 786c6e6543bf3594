import type { Rule } from "../rule.ts";
import { packageVersion } from "./analysis/pinned.ts";
import type { FunctionsWorld } from "./world.ts";

/** Several hundred kilobytes and more, by their published sizes. */
const heavy = new Set(
  "aws-sdk googleapis firebase-admin lodash moment moment-timezone puppeteer puppeteer-core playwright sharp jsdom typescript pdfkit exceljs xlsx langchain @tensorflow/tfjs three faker @faker-js/faker".split(
    " ",
  ),
);

export const coldStartImport: Rule<FunctionsWorld> = {
  id: "cold-start-import",
  area: "functions",
  severity: "warning",
  title: "A large package is loaded at every cold start",
  explanation:
    "It is fetched, parsed and run before the first request is answered, for the few functions of it that are used.",
  fix: "Import the part that is used, a smaller package, or load it inside the route that needs it with await import().",
  example: {
    bad: 'import AWS from "npm:aws-sdk@2.1692.0";',
    good: 'import { S3Client } from "npm:@aws-sdk/client-s3@3.645.0";',
  },
  *check({ modules, graph }) {
    for (const { path, imports } of modules) {
      for (const { specifier, offset, isType, isDynamic } of imports) {
        const resolved = isType || isDynamic ? null : graph.resolve(specifier, path);
        const name = resolved?.kind === "remote" ? packageVersion(resolved.specifier)?.name : null;
        const isWhole =
          resolved?.kind === "remote" && !/lodash[^/]*\/\w|date-fns[^/]*\/\w/.test(resolved.specifier);
        if (name == null || !heavy.has(name) || !isWhole) continue;
        yield {
          file: path,
          offset,
          subject: name,
          detail: `${name} is loaded before the first request is answered`,
        };
      }
    }
  },
};
