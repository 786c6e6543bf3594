import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { verifyChecksum } from "./binary.ts";

const file = join(mkdtempSync(join(tmpdir(), "bee-rest-")), "postgrest");
writeFileSync(file, "abc");
const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

it("takes the binary that was reviewed", async () => {
  await expect(verifyChecksum(file, sha256)).resolves.toBeUndefined();
});

it("refuses any other, and shows both checksums and the way out", async () => {
  await expect(verifyChecksum(file, "0".repeat(64))).rejects.toMatchObject({
    code: "BEE-E406",
    detail: expect.stringContaining(sha256),
    hint: expect.stringContaining("BEE_POSTGREST_BIN"),
  });
});
