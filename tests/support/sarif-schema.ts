import { createRequire } from "node:module";
import Ajv from "ajv-draft-04";
import addFormats from "ajv-formats";
import * as z from "zod";

const schema = createRequire(import.meta.url)("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(schema);

/** What OASIS's schema of SARIF 2.1.0 says against a document; empty when it holds to it. */
export function sarifMistakes(document: unknown): readonly string[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const text = z.object({ text: z.string().min(1) });

/** What GitHub code scanning needs of a result, and the limits beyond which it refuses a file (docs: SARIF support). */
const github = z.object({
  runs: z
    .array(
      z.object({
        tool: z.object({
          driver: z.object({
            name: z.string().min(1),
            rules: z
              .array(
                z.object({
                  id: z.string().min(1).max(255),
                  shortDescription: text,
                  properties: z.object({ tags: z.array(z.string()).max(10) }).optional(),
                }),
              )
              .max(25_000),
          }),
        }),
        results: z
          .array(
            z.object({
              ruleId: z.string(),
              ruleIndex: z.int().min(0),
              level: z.enum(["none", "note", "warning", "error"]),
              message: text,
              locations: z
                .array(
                  z.object({
                    physicalLocation: z.object({
                      artifactLocation: z.object({
                        uri: z.string().regex(/^(?![a-z]+:|\/|\.\.)[\w\-.~!$&'()*+,;=@/%]+$/i),
                        uriBaseId: z.literal("%SRCROOT%"),
                      }),
                      region: z.object({ startLine: z.int().min(1), startColumn: z.int().min(1).optional() }),
                    }),
                  }),
                )
                .length(1),
              partialFingerprints: z.record(z.string(), z.string().min(1)),
            }),
          )
          .max(25_000),
      }),
    )
    .max(20),
});

/** What would keep GitHub from showing the document's results. */
export function githubMistakes(document: unknown): readonly string[] {
  const { data, error } = github.safeParse(document);
  if (data == null) return error.issues.map(({ path, message }) => `${path.join("/")} ${message}`);
  return data.runs.flatMap(({ tool, results }) =>
    results
      .filter(({ ruleId, ruleIndex }) => tool.driver.rules[ruleIndex]?.id !== ruleId)
      .map(({ ruleId }) => `${ruleId} is not the rule at its index`),
  );
}
