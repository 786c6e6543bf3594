import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import { compareAsApp, switchFlags } from "../../src/engine/switch-flags.ts";
import { assembleFlagChanges, invertFlagChanges } from "../../src/plan/app-flag.ts";
import type { AppGateway } from "../../src/ports/app-gateway.ts";
import type { Lease } from "../../src/ports/deploy-lock.ts";
import { createAppFlags } from "../../src/supabase/app-flags.ts";
import { createAppGateway } from "../../src/supabase/app-gateway.ts";
import type { Database } from "../../src/supabase/database.ts";
import { readMigrations } from "../support/backend.ts";
import { startTestPlatform, type TestPlatform } from "../support/platform.ts";
import { failureOf, openDatabase, takeLock } from "../support/target.ts";

let platform: TestPlatform;
let database: Database;
let app: AppGateway;
let fence: Lease;

beforeAll(async () => {
  platform = await startTestPlatform();
  const { state } = platform;
  database = openDatabase(state.dbUrl);
  for (const sql of readMigrations()) await database.withSession((session) => session.query(sql));
  await database.query(
    "insert into public.feature_flags (key, enabled) values ('realtime_updates', true), ('kept', true)",
  );
  fence = await takeLock(database);
  const keys = { publishable: state.publishableKey, secret: new Secret(state.secretKey) };
  app = createAppGateway({ url: state.url, readKeys: async () => keys, run: "flags" });
  const until = Date.now() + 15_000;
  while ((await app.anonymous().send({ path: "/rest/v1/feature_flags" })).status !== 200) {
    if (Date.now() > until) throw new Error("the table is not served");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}, 180_000);
afterAll(async () => {
  await app.close();
  await database.close();
  await platform.stop();
});

describe("switching a feature off for the app", () => {
  it("is seen by visitors and signed-in users at once, and undone", async () => {
    const flags = createAppFlags(database);
    const changes = assembleFlagChanges(await flags.read(), {
      off: ["realtime_updates"],
      minimumAppVersion: "3.0.0",
    });
    const user = await app.createUser("a");
    const readers = [app.anonymous(), user];
    expect(await switchFlags({ flags, changes, fence, readers })).toEqual({
      changes,
      seenWithinSeconds: 300,
    });
    const seen = await user.send({
      path: "/rest/v1/feature_flags?select=key,enabled,minimum_app_version&order=key",
    });
    expect(seen.body).toEqual([
      { key: "app", enabled: false, minimum_app_version: "3.0.0" },
      { key: "kept", enabled: true, minimum_app_version: null },
      { key: "realtime_updates", enabled: false, minimum_app_version: null },
    ]);
    await switchFlags({ flags, changes: invertFlagChanges(changes), fence, readers });
    expect(await compareAsApp(user, changes)).toEqual([
      "a signed-in user sees app as absent, not off, from app version 3.0.0",
      "a signed-in user sees realtime_updates as on, not off",
    ]);
    await app.removeUser(user.userId);
  });

  it("says so when the app does not see it", async () => {
    const flags = createAppFlags(database);
    const changes = assembleFlagChanges(await flags.read(), { off: ["kept"] });
    const readers = [app.anonymous()];
    await database.query(`alter policy "everybody reads the flags" on public.feature_flags to authenticated`);
    expect(await failureOf(switchFlags({ flags, changes, fence, readers }))).toMatchObject({
      code: "BEE-E823",
      exit: 7,
      detail: "a visitor sees kept as absent, not off",
    });
    await database.query("revoke select on public.feature_flags from anon");
    expect(await failureOf(switchFlags({ flags, changes, fence, readers }))).toMatchObject({
      code: "BEE-E824",
      message: expect.stringContaining("a visitor was answered 40"),
    });
  });
});
