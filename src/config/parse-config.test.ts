import { describe, expect, it } from "vitest";
import { BeeError } from "../core/bee-error.ts";
import { parseConfig } from "./parse-config.ts";

const mistakesOf = (text: string): readonly string[] => {
  try {
    parseConfig(text, "bee.config.yaml");
  } catch (error) {
    if (error instanceof BeeError) return (error.detail ?? "").split("\n");
    throw error;
  }
  return [];
};

describe("parseConfig", () => {
  it("fills in defaults", () => {
    expect(parseConfig("schemaVersion: 1\nname: app\n", "bee.config.yaml")).toEqual({
      schemaVersion: 1,
      name: "app",
      secrets: [],
      probe: { rows: [], functions: {} },
      access: { owners: {}, public: [], tenants: {} },
      snapshots: { take: "auto", maxMiB: 1024 },
      dumps: { take: "auto", maxMiB: 1024 },
      targets: {},
    });
  });

  it("guards hosted targets unless told otherwise", () => {
    const config = parseConfig(
      "schemaVersion: 1\nname: app\ntargets: {staging: {ref: abcdefghijklmnopqrst, protected: false}, production: {}}\n",
      "bee.config.yaml",
    );
    expect(config.targets.staging?.protected).toBe(false);
    expect(config.targets.production?.protected).toBe(true);
  });

  it("names every mistake at once, with path, expectation and what it got", () => {
    const mistakes = mistakesOf(
      "schemaVersion: 2\nname: ''\nfuncions: [a]\nsecrets: [{name: 'A-B'}]\ntargets: {production: {ref: ABC}}\n",
    );
    expect(mistakes).toHaveLength(5);
    expect(mistakes).toContain("schemaVersion: expected 1, got 2");
    expect(mistakes).toContain("funcions: unknown key");
    expect(mistakes.find((line) => line.startsWith("secrets.0.name"))).toContain('got "A-B"');
    expect(mistakes.find((line) => line.startsWith("targets.production.ref"))).toContain(
      "20 lower-case letters",
    );
    expect(mistakes.some((line) => line.startsWith("name:"))).toBe(true);
  });

  it("takes Google Cloud for a target, on local by loopback alone", () => {
    const gcp = "project: bee-mvp-prod, region: us-central1, services: [calculator]";
    const read = (targets: string) => `schemaVersion: 1\nname: a\ntargets: {${targets}}\n`;
    const config = parseConfig(
      read(
        `production: {gcp: {${gcp}}, infra: {}}, local: {gcp: {${gcp}, apiEndpoint: 'http://127.0.0.1:1/'}}`,
      ),
      "bee.config.yaml",
    );
    expect(config.targets.production).toMatchObject({
      gcp: { project: "bee-mvp-prod", region: "us-central1", services: ["calculator"] },
      infra: { dir: "infra", backend: {} },
    });
    expect(mistakesOf(read(`local: {gcp: {${gcp}}}`))[0]).toMatch(/^targets.local.gcp.apiEndpoint: /);
    for (const endpoint of [
      "https://run.googleapis.com/",
      "http://10.0.0.1:1/",
      "http://localhost@evil:1/",
    ]) {
      expect(mistakesOf(read(`local: {gcp: {${gcp}, apiEndpoint: '${endpoint}'}}`))).toEqual([
        `targets.local.gcp.apiEndpoint: http on loopback, with its port, got ${JSON.stringify(endpoint)}`,
      ]);
    }
    expect(mistakesOf(read(`staging: {gcp: {${gcp}, apiEndpoint: 'http://127.0.0.1:1/'}}`))).toEqual([
      "targets.staging.gcp.apiEndpoint: unknown key",
    ]);
    expect(
      mistakesOf(read("staging: {gcp: {project: X, region: mars, services: [A_b, a, a]}}")).map(
        (line) => line.split(":")[0],
      ),
    ).toEqual([
      "targets.staging.gcp.project",
      "targets.staging.gcp.region",
      "targets.staging.gcp.services.0",
      "targets.staging.gcp.services",
    ]);
  });

  it("takes a place for shards of load tests only by an image's digest, a bucket and an account", () => {
    const read = (loadtest: string) =>
      `schemaVersion: 1\nname: a\ntargets: {staging: {gcp: {project: bee-mvp-prod, region: us-central1, loadtest: {${loadtest}}}}}\n`;
    const image = `docker.io/library/node@sha256:${"a".repeat(64)}`;
    const account = "bee-loadtest@bee-mvp-prod.iam.gserviceaccount.com";
    const config = parseConfig(
      read(`image: '${image}', bucket: my-bucket, serviceAccount: ${account}`),
      "bee.config.yaml",
    );
    expect(config.targets.staging?.gcp?.loadtest).toEqual({
      image,
      bucket: "my-bucket",
      serviceAccount: account,
      job: "bee-loadtest",
      cpu: 1,
      memoryMiB: 1024,
      startAfter: 90,
    });
    const mistakes = mistakesOf(
      read("image: 'node:20', bucket: a/b, serviceAccount: me, job: X, startAfter: 900"),
    );
    expect(mistakes.map((line) => line.split(":")[0])).toEqual(
      ["image", "bucket", "serviceAccount", "job", "startAfter"].map(
        (name) => `targets.staging.gcp.loadtest.${name}`,
      ),
    );
  });

  it("shows where YAML is broken", () => {
    expect(mistakesOf("schemaVersion: 1\nname: [a\n").join("\n")).toContain("line 3");
  });

  it("refuses an empty file and a secret listed twice", () => {
    expect(mistakesOf("")[0]).toContain("expected object");
    expect(mistakesOf("schemaVersion: 1\nname: a\nsecrets: [{name: X}, {name: X}]\n")).toEqual([
      "secrets: listed twice: X",
    ]);
  });
});
