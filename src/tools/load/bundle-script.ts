import { basename, dirname } from "node:path";
import { scriptRefused } from "./k6-errors.ts";

/** A k6 script with all it imports, but for k6's own modules, in one file. Throws BEE-E777. */
export async function bundleScript(path: string): Promise<string> {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    // Named in comments from its own folder on, not from this machine's root.
    absWorkingDir: dirname(path),
    entryPoints: [basename(path)],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    external: ["k6", "k6/*"],
    logLevel: "silent",
  }).catch((error: unknown) => {
    throw scriptRefused(path, 107, error instanceof Error ? error.message : String(error));
  });
  return outputFiles[0]?.text ?? "";
}
