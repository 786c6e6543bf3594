import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { openIdentity } from "./identity-store.ts";

let dir: string;
let path: string;
let dataDir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-identity-"));
  path = join(dir, "identity.json");
  dataDir = join(dir, "data");
});

describe("the identity of a checkout", () => {
  it("is made once, in the forms hosted uses, for its owner's eyes only", async () => {
    const identity = await openIdentity(path, dataDir);
    expect(identity.projectRef).toMatch(/^[a-z]{20}$/);
    expect(identity.accessToken).toMatch(/^sbp_[0-9a-f]{40}$/);
    expect(identity.publishableKey).toMatch(/^sb_publishable_[\w-]{22}_[\w-]{8}$/);
    expect(identity.secretKey).toMatch(/^sb_secret_[\w-]{22}_[\w-]{8}$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(["identity.json"]);
    expect(await openIdentity(path, dataDir)).toEqual(identity);
  });

  it.each(["", "{", "null", '{"projectRef":"abc"}'])(
    "is not replaced when the file holds %j",
    async (text) => {
      writeFileSync(path, text);
      await expect(openIdentity(path, dataDir)).rejects.toMatchObject({
        code: "BEE-E405",
        hint: expect.stringContaining("bee local reset"),
      });
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it("is not made anew beside a database that knows the old password", async () => {
    mkdirSync(dataDir);
    await expect(openIdentity(path, dataDir)).rejects.toMatchObject({ code: "BEE-E405" });
    expect(readdirSync(dir)).toEqual(["data"]);
  });
});
