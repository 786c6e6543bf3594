import { createRequire } from "node:module";
import { describe } from "vitest";

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve("@supabase/cli-linux-x64/package.json");
    return true;
  } catch {
    return false;
  }
}

const required =
  Boolean(process.env["CI"]) || (process.env["BEE_REQUIRE"] ?? "").split(",").includes("supabase-cli");
const present = isInstalled();

if (!present && !required) {
  process.stderr.write(
    "\nSKIPPED: the tests with the genuine supabase CLI. The package @supabase/cli-linux-x64 is not installed here;\n" +
      "with CI or BEE_REQUIRE=supabase-cli set they fail instead.\n\n",
  );
}

/** Skips loudly where the genuine CLI is not installed; where it is required, the tests run and fail. */
export const describeWithCli = present || required ? describe : describe.skip;
