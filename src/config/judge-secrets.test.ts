import { describe, expect, it } from "vitest";
import { Secret } from "../core/secret.ts";
import { judgeSecrets } from "./judge-secrets.ts";
import { parseConfig } from "./parse-config.ts";

const config = parseConfig(
  "schemaVersion: 1\nname: app\nsecrets: [{name: FCM_SERVICE_ACCOUNT}, {name: GCP_REGION, requiredOn: [production]}]\n",
  "bee.config.yaml",
);

const judge = (values: Record<string, string>, target: "local" | "staging" | "production" = "production") =>
  judgeSecrets(
    new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)])),
    target,
    config,
    ".env.production",
  );

describe("judgeSecrets", () => {
  it("finds every problem of the plan's own file", () => {
    const problems = judge({
      SUPABASE_URL: "https://your-project.supabase.co",
      SUPABASE_ANON_KEY: "your-anon-key",
      SUPABASE_SERVICE_ROLE_KEY: "your-service-role-key",
      GCP_PROJECT_ID: "bee-mvp-prod",
      GCP_REGION: "us-central1",
      FCM_SERVER_KEY: "your-fcm-server-key",
    });
    expect(problems.map(({ name, problem }) => `${name} ${problem}`)).toEqual([
      "SUPABASE_URL is a reserved name",
      "SUPABASE_ANON_KEY is a reserved name",
      "SUPABASE_SERVICE_ROLE_KEY is a reserved name",
      "FCM_SERVER_KEY belongs to the legacy FCM API, which was shut down from 2024-07-22",
      "FCM_SERVICE_ACCOUNT is missing",
    ]);
  });

  it.each([
    "your-anon-key",
    "<value>",
    "xxx",
    "changeme",
    "CHANGE_ME",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the very text a shell left unexpanded
    "${TOKEN}",
    "TODO",
    "https://your-project.supabase.co",
  ])("takes %s for a placeholder", (value) => {
    expect(judge({ TOKEN: value, FCM_SERVICE_ACCOUNT: "{}", GCP_REGION: "x1" })).toMatchObject([
      { name: "TOKEN", problem: "still holds a placeholder" },
    ]);
  });

  it.each(["s3cret", "you-are-not-a-placeholder", "exampled", "xx", '{"type":"service_account"}'])(
    "lets %s pass",
    (value) => {
      expect(judge({ TOKEN: value, FCM_SERVICE_ACCOUNT: "{}", GCP_REGION: "x1" })).toEqual([]);
    },
  );

  it("asks only for what the target needs", () => {
    expect(judge({}, "local")).toEqual([]);
    expect(judge({}, "staging").map(({ name }) => name)).toEqual(["FCM_SERVICE_ACCOUNT"]);
  });

  it("refuses empty, oversized and ill-named ones, and never shows a value", () => {
    const problems = judge({
      EMPTY: "",
      BIG: "v4lue".repeat(10_000),
      "A-B": "v4lue",
      FCM_SERVICE_ACCOUNT: "{}",
      GCP_REGION: "r",
    });
    expect(problems.map(({ name, problem }) => `${name} ${problem}`)).toEqual([
      "EMPTY is empty",
      "BIG is larger than 48 KiB",
      "A-B is not a valid name",
    ]);
    expect(JSON.stringify(problems)).not.toContain("v4lue");
  });
});
