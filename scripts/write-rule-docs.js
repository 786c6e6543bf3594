import { execFileSync } from "node:child_process";

/** Writes the rules' part of docs/audit.md anew from the registry. */
const code = `
  import { readFileSync, writeFileSync } from "node:fs";
  import { allRules } from "./src/audit/index.ts";
  import { renderRuleDocs } from "./tests/support/rule-docs.ts";
  const text = readFileSync("docs/audit.md", "utf8");
  writeFileSync("docs/audit.md", text.slice(0, text.indexOf("## Rules")) + renderRuleDocs(allRules));
`;
const { build } = await import("esbuild");
const { outputFiles } = await build({
  stdin: { contents: code, resolveDir: process.cwd(), loader: "ts" },
  bundle: true,
  write: false,
  format: "esm",
  platform: "node",
});
execFileSync(process.execPath, ["--input-type=module", "-"], {
  input: outputFiles[0].text,
  stdio: ["pipe", "inherit", "inherit"],
});
