import { join } from "node:path";
import { root } from "./root.ts";
import { median, type Result, round } from "./table.ts";
import { time } from "./time.ts";

const rounds = 25;

/** Certificates of the machine's own, which node itself reads for longer than it starts, would hide what bee takes. */
delete process.env["NODE_EXTRA_CA_CERTS"];

/** `bee --version` and `bee --help` beside `node -e 0`, in turns. */
export async function benchStartup(): Promise<Result> {
  const bee = join(root, "bin/bee.js");
  const samples: Record<"node" | "version" | "help", number[]> = { node: [], version: [], help: [] };
  await time(process.execPath, [bee, "--version"]);
  for (let i = 0; i < rounds; i++) {
    samples.node.push(await time(process.execPath, ["-e", "0"]));
    samples.version.push(await time(process.execPath, [bee, "--version"]));
    samples.help.push(await time(process.execPath, [bee, "--help"]));
  }
  const node = median(samples.node);
  return {
    samples,
    figures: [
      { what: "node -e 0", measured: round(node), unit: "ms", goal: null },
      {
        what: "bee --version / node -e 0",
        measured: round(median(samples.version) / node, 2),
        unit: "×",
        goal: 1.6,
      },
      {
        what: "bee --help / node -e 0",
        measured: round(median(samples.help) / node, 2),
        unit: "×",
        goal: 1.6,
      },
    ],
  };
}
