import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import * as z from "zod";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { type Emission, emitManifest } from "./emit-manifest.ts";

const env = z.array(z.strictObject({ name: z.string(), value: z.string() }));

/** The fields of TestRun that the operator documents (api/v1alpha1), as far as they are used; no others. */
const testRun = z.strictObject({
  apiVersion: z.literal("k6.io/v1alpha1"),
  kind: z.literal("TestRun"),
  metadata: z.strictObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  spec: z.strictObject({
    parallelism: z.int(),
    arguments: z.string(),
    script: z.strictObject({ configMap: z.strictObject({ name: z.string(), file: z.string() }) }),
    cleanup: z.literal("post").optional(),
    runner: z.strictObject({
      image: z.string(),
      automountServiceAccountToken: z.string(),
      env,
      envFrom: z.array(z.strictObject({ secretRef: z.strictObject({ name: z.string() }) })),
      resources: z.record(z.string(), z.record(z.string(), z.string())),
    }),
  }),
});

const configMap = z.strictObject({
  apiVersion: z.literal("v1"),
  kind: z.literal("ConfigMap"),
  metadata: z.strictObject({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  data: z.record(z.string(), z.string()),
});

const image = `grafana/k6:2.2.0@sha256:${"a".repeat(64)}`;

describe("a manifest for the k6-operator", () => {
  let dir = "";
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "bee-manifest-"));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  const emit = (changed: Partial<Emission> = {}, url = "https://abc.supabase.co") =>
    emitManifest({
      ctx: { cwd: dir } as CommandContext,
      target: { name: "staging", url } as Target,
      plan: {
        what: "functions",
        scenario: "mixed-day",
        profile: "constant",
        rate: 100,
        durationMs: 60_000,
        warmUpMs: 3000,
        limitMs: 2000,
        planned: 6000,
      },
      shards: 4,
      image,
      script: undefined,
      errorShare: 0.01,
      ...changed,
    });

  it("has the script in one file, a segment for each runner, and tokens by reference only", async () => {
    const report = await emit();
    expect(report).toMatchObject({ exitCode: 0, summary: "" });
    const [config, run] = parseAllDocuments(report.text ?? "").map((one) => one.toJS());
    const { spec, metadata } = testRun.parse(run);
    const { data, metadata: own } = configMap.parse(config);
    expect(own.name).toBe(metadata.name);
    expect(spec).toMatchObject({
      parallelism: 4,
      script: { configMap: { name: metadata.name, file: "script.js" } },
    });
    expect(spec.runner).toMatchObject({
      image,
      envFrom: [{ secretRef: { name: `${metadata.name}-tokens` } }],
    });
    // With it the Jobs would be gone before anybody has read how they ended.
    expect(spec.cleanup).toBeUndefined();
    const named = Object.fromEntries(spec.runner.env.map(({ name, value }) => [name, value]));
    expect(named).toMatchObject({
      LOAD_URL: "https://abc.supabase.co",
      LOAD_SHARDS: "4",
      LOAD_PLANNED: "6000",
    });
    expect(Object.keys(named)).not.toContain("LOAD_TOKENS");
    expect(Object.keys(named)).not.toContain("LOAD_KEY");
    const script = data["script.js"] ?? "";
    expect(script).toMatch(/import \w+ from "k6\/http"/);
    expect(script).not.toMatch(/from "\.|\/tmp\/|\.\.\//);
    expect(report.text).toContain(`kubectl get pods -l app=k6,k6_cr=${metadata.name},runner=true`);
  });

  it("is refused for an image without a digest, a script that is broken or too large, and this machine", async () => {
    await expect(emit({ image: undefined })).rejects.toMatchObject({ code: "BEE-E781", exit: 2 });
    await expect(emit({ image: "grafana/k6:latest" })).rejects.toMatchObject({ code: "BEE-E781" });
    await writeFile(join(dir, "broken.js"), "export default function( {");
    await expect(emit({ script: "broken.js" })).rejects.toMatchObject({ code: "BEE-E777", exit: 2 });
    await writeFile(join(dir, "large.js"), `export default () => "${"x".repeat(1_100_000)}";`);
    await expect(emit({ script: "large.js" })).rejects.toMatchObject({ code: "BEE-E782", exit: 2 });
    await expect(emit({}, "http://127.0.0.1:54321")).rejects.toMatchObject({ code: "BEE-E771" });
  });
});
