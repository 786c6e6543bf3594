import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectDir } from "./backend.ts";

/** Null when there is no terraform program; then its tests are skipped, and say so. */
export function findTerraform(): string | null {
  try {
    const text = execFileSync("terraform", ["version", "-json"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return (JSON.parse(text) as { terraform_version: string }).terraform_version;
  } catch {
    if (/\bterraform\b/.test(process.env["BEE_REQUIRE"] ?? ""))
      throw new Error("terraform is required and not installed");
    process.stderr.write("SKIPPED: no terraform program on the PATH; infrastructure is not tested here\n");
    return null;
  }
}

/** The configuration of `tests/fixtures/infra` with infra's own selection module, in a folder of its own. */
export function copyConfiguration(): { readonly dir: string; readonly workDir: string; remove(): void } {
  const root = mkdtempSync(join(tmpdir(), "bee-terraform-"));
  const dir = join(root, "infra");
  cpSync(join(projectDir, "tests/fixtures/infra"), dir, { recursive: true });
  cpSync(join(projectDir, "infra/modules/selection"), join(dir, "selection"), { recursive: true });
  return { dir, workDir: join(root, "work"), remove: () => rmSync(root, { recursive: true, force: true }) };
}
