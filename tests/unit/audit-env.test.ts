import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { auditEnv } from "../../src/commands/audit/audit-env.ts";
import type { CommandContext } from "../../src/commands/context.ts";
import type { Target } from "../../src/commands/target.ts";
import { readSources } from "../../src/config/read-sources.ts";
import { sha256 } from "../../src/plan/digest.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-env-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, dirname(path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

/** `rule subject place` of each finding. */
async function audit(digests?: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const tree = await readSources(dir);
  const connected = {
    ports: { secrets: { readDigests: async () => new Map(Object.entries(digests ?? {})) } },
  } as unknown as Target;
  const { findings } = await auditEnv({
    ctx: { env: {} } as CommandContext,
    root: dir,
    tree,
    texts: new Map(tree.files.map(({ path, text }) => [path, text])),
    target: digests == null ? null : { name: "production", connected },
    keepGoing: false,
    proof: false,
    deno: false,
  });
  expect(JSON.stringify(findings)).not.toContain("hunter2");
  return findings.map(({ rule, subject, location }) =>
    [rule, subject, `${location?.file}${location?.line == null ? "" : `:${location.line}`}`].join(" "),
  );
}

const config = (secrets: string): string => `schemaVersion: 1\nname: app\nsecrets:\n${secrets}`;

describe("bee audit env", () => {
  it("finds nothing where names fit", async () => {
    write({
      "bee.config.yaml": config("  - name: MAIL_API_KEY\n"),
      ".env.production": "MAIL_API_KEY=hunter2hunter2\n",
      "supabase/functions/.env.example": "# MAIL_SENDER=team@bee.app\n",
      "supabase/functions/mail/index.ts": [
        "const url = Deno.env.get('SUPABASE_URL')!;",
        "const key = Deno.env.get('MAIL_API_KEY')!;",
        "const sender = Deno.env.get('MAIL_SENDER') ?? 'bee';",
        "const limit = Deno.env.get('MAIL_LIMIT') ?? '10';",
        "// Deno.env.get('NOT_CODE')",
      ].join("\n"),
    });
    expect(await audit()).toEqual([]);
  });

  it("tells missing, misnamed, reserved and unused names apart", async () => {
    write({
      "bee.config.yaml": config("  - name: MAIL_API_KEY\n  - name: OLD_TOKEN\n"),
      ".env.production": "SUPABASE_ANON_KEY=hunter2\nMAIL_API_KEY=hunter2hunter2\n",
      "supabase/functions/mail/index.ts": [
        "const key = Deno.env.get('MAIL_APIKEY')!;",
        "const other = process.env.STRIPE_KEY;",
        "const { SENDGRID_KEY, PAGE_SIZE = '10' } = process.env;",
        "const service = Deno.env.get('SUPABASE_SERVICE_KEY');",
      ].join("\n"),
    });
    expect(await audit()).toEqual([
      "env-misnamed MAIL_APIKEY supabase/functions/mail/index.ts:1",
      "env-missing STRIPE_KEY supabase/functions/mail/index.ts:2",
      "env-missing SENDGRID_KEY supabase/functions/mail/index.ts:3",
      "env-unknown-platform-name SUPABASE_SERVICE_KEY supabase/functions/mail/index.ts:4",
      "env-reserved SUPABASE_ANON_KEY .env.production:1",
      "env-unused OLD_TOKEN bee.config.yaml:5",
    ]);
  });

  it("reads a schema and a wrapper", async () => {
    write({
      "functions/mail/env.ts":
        "export const env = z.object({\n  MAIL_KEY: z.string(),\n  MAIL_FROM: z.string().optional(),\n}).parse(Deno.env.toObject());\n",
      "functions/mail/index.ts": "const dsn = requireEnv('ERROR_DSN');\n",
    });
    expect(await audit()).toEqual([
      "env-missing MAIL_KEY functions/mail/env.ts:2",
      "env-missing ERROR_DSN functions/mail/index.ts:1",
    ]);
  });

  it("sees by its shape what a value cannot be, and never shows it", async () => {
    const jwt = (role: string): string =>
      `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ role, iss: "hunter2" })).toString("base64url")}.c2lnbmF0dXJl`;
    write({
      ".env.production": [
        "API_URL=hunter2",
        "FCM_SERVICE_ACCOUNT=hunter2",
        "TENANT_UUID=hunter2",
        `APP_ANON_KEY=${jwt("service_role")}`,
        "APP_SERVICE_ROLE_KEY=sb_publishable_hunter2",
        "MAIL_KEY=your-api-key",
        "EMPTY_KEY=",
        "STRIPE_SECRET_KEY=pk_live_hunter2",
        "MAX_ITEMS=hunter2",
        "FCM_SERVER_KEY=hunter2",
        `GOOD_SERVICE_ACCOUNT=${Buffer.from('{"client_email":"a","private_key":"hunter2"}').toString("base64")}`,
      ].join("\n"),
      "supabase/functions/mail/index.ts":
        "use(process.env.API_URL, process.env.FCM_SERVICE_ACCOUNT, process.env.TENANT_UUID, process.env.APP_ANON_KEY, process.env.APP_SERVICE_ROLE_KEY, process.env.MAIL_KEY, process.env.EMPTY_KEY, process.env.GOOD_SERVICE_ACCOUNT, process.env.FCM_SERVER_KEY, process.env.STRIPE_SECRET_KEY, process.env.MAX_ITEMS);\n",
    });
    expect(await audit()).toEqual([
      "env-wrong-shape API_URL .env.production:1",
      "env-wrong-shape FCM_SERVICE_ACCOUNT .env.production:2",
      "env-wrong-shape TENANT_UUID .env.production:3",
      "env-key-swapped APP_ANON_KEY .env.production:4",
      "env-key-swapped APP_SERVICE_ROLE_KEY .env.production:5",
      "env-placeholder MAIL_KEY .env.production:6",
      "env-placeholder EMPTY_KEY .env.production:7",
      "env-key-swapped STRIPE_SECRET_KEY .env.production:8",
      "env-wrong-shape MAX_ITEMS .env.production:9",
      "env-legacy-fcm FCM_SERVER_KEY .env.production:10",
    ]);
  });

  it("holds what the app reads against what its build gives", async () => {
    write({
      "app/lib/config.dart": [
        "const url = String.fromEnvironment('SUPABASE_URL');",
        "const dsn = String.fromEnvironment('SENTRY_DSN');",
        "const mock = bool.fromEnvironment('USE_MOCK');",
        "const key = String.fromEnvironment('SUPABASE_SERVICE_ROLE_KEY');",
      ].join("\n"),
      "app/config/production.json":
        '{\n  "SUPABASE_URL": "https://hunter2.supabase.co",\n  "SUPABASE_SERVICE_ROLE_KEY": "hunter2",\n  "SENTRY_DNS": "hunter2"\n}\n',
    });
    expect(await audit()).toEqual([
      "env-dart-define-missing SENTRY_DSN app/lib/config.dart:2",
      "env-secret-in-app SUPABASE_SERVICE_ROLE_KEY app/lib/config.dart:4",
      "env-dart-define-unused SENTRY_DNS app/config/production.json:4",
    ]);
  });

  it("sees a secret key in what the app is built with", async () => {
    const app = "const key = String.fromEnvironment('SUPABASE_ANON_KEY');\n";
    const defines = '{\n  "SUPABASE_ANON_KEY": "sb_secret_hunter2"\n}\n';
    write({
      "app/lib/config.dart": app,
      "app/config/production.json": defines,
      "app/config/production.example.json": defines,
    });
    expect(await audit()).toEqual(["env-key-swapped SUPABASE_ANON_KEY app/config/production.json:2"]);
  });

  it("takes builds from Makefiles and editors, and looks at what they give", async () => {
    const reads = [
      "const url = String.fromEnvironment('SUPABASE_URL');",
      "const key = String.fromEnvironment('SUPABASE_ANON_KEY');",
      "const map = String.fromEnvironment('MAP_STYLE_URL');",
    ];
    write({
      "app/lib/config.dart": reads.join("\n"),
      Makefile:
        "URLS = --dart-define=SUPABASE_URL=$(URL)\napk:\n\tflutter build apk $(URLS) --dart-define=SUPABASE_ANON_KEY=sb_secret_hunter2 --dart-define=MIX_TOKEN=$(MIX)\n",
    });
    expect(await audit()).toEqual([
      "env-key-swapped SUPABASE_ANON_KEY Makefile:3",
      "env-dart-define-missing MAP_STYLE_URL app/lib/config.dart:3",
      "env-dart-define-unused MIX_TOKEN Makefile:3",
    ]);
    write({
      ".vscode/launch.json":
        '{ "args": ["--dart-define=MAP_STYLE_URL=https://map.bee.app", "--dart-define", "MIX_TOKEN=1"] }',
    });
    expect(await audit()).not.toContain("env-dart-define-missing MAP_STYLE_URL app/lib/config.dart:3");
  });

  it("misses nothing that a build takes from a file which is not here", async () => {
    write({
      "app/lib/config.dart": "const url = String.fromEnvironment('SUPABASE_URL');\n",
      "build.sh":
        "flutter build web --dart-define=BUILD_SHA=$SHA --dart-define-from-file=config/production.json\n",
    });
    expect(await audit()).toEqual(["env-dart-define-unused BUILD_SHA build.sh:1"]);
  });

  it("takes another underscore or two letters swapped for a slip, where the name is read elsewhere too", async () => {
    write({
      "bee.config.yaml": config("  - name: MAIL_API_KEY\n  - name: PART_1\n"),
      "supabase/functions/mail/index.ts":
        "use(Deno.env.get('MAIL_API_KEY'), Deno.env.get('MAIL_APIKEY') ?? '', Deno.env.get('MAIL_API_KYE') ?? '', Deno.env.get('PART_1'), Deno.env.get('PART_2') ?? '');\n",
    });
    expect(await audit()).toEqual([
      "env-misnamed MAIL_APIKEY supabase/functions/mail/index.ts:1",
      "env-misnamed MAIL_API_KYE supabase/functions/mail/index.ts:1",
    ]);
  });

  it("knows what the secret of a webhook of Stripe's looks like", async () => {
    write({
      ".env.production":
        "STRIPE_WEBHOOK_SECRET=we_1OxYzA2bCdEfGhIj\nSTRIPE_CONNECT_WEBHOOK_SECRET=whsec_hunter2\nGITHUB_WEBHOOK_SECRET=hunter2\n",
      "supabase/functions/mail/index.ts":
        "use(process.env.STRIPE_WEBHOOK_SECRET, process.env.STRIPE_CONNECT_WEBHOOK_SECRET, process.env.GITHUB_WEBHOOK_SECRET);\n",
    });
    expect(await audit()).toEqual(["env-wrong-shape STRIPE_WEBHOOK_SECRET .env.production:1"]);
  });

  it("compares with a target by digest", async () => {
    write({
      "bee.config.yaml": config(
        "  - name: MAIL_KEY\n  - name: PUSH_KEY\n  - name: MAP_KEY\n  - name: DEV_KEY\n    requiredOn: [local]\n",
      ),
      ".env.production": "MAIL_KEY=hunter2hunter2\nPUSH_KEY=hunter2hunter2\n",
      "supabase/functions/mail/index.ts":
        "use(Deno.env.get('MAIL_KEY'), Deno.env.get('PUSH_KEY'), Deno.env.get('MAP_KEY'), Deno.env.get('DEV_KEY'));\n",
    });
    expect(await audit({ MAIL_KEY: sha256("another"), STALE_KEY: sha256("x") })).toEqual([
      "env-not-on-target MAP_KEY bee.config.yaml:6",
      "env-not-on-target MAIL_KEY .env.production",
      "env-unused STALE_KEY .env.production",
      "env-not-on-target PUSH_KEY bee.config.yaml:5",
    ]);
  });

  it("goes on over configuration that is broken", async () => {
    write({
      "bee.config.yaml": "schemaVersion: [1\nname",
      "supabase/config.toml": "[api\n",
      "supabase/functions/mail/index.ts": "Deno.env.get('MAIL_KEY')!;\n",
    });
    expect(await audit()).toEqual([
      "config-invalid bee.config.yaml bee.config.yaml",
      "config-invalid supabase/config.toml supabase/config.toml",
      "env-missing MAIL_KEY supabase/functions/mail/index.ts:1",
    ]);
  });
});
