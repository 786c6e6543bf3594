import { shardExits } from "../../plan/load/shard.ts";
import { runShard } from "./shard.ts";

/** The program of a shard's container: `node bee-load-program-….mjs FOLDER RUN`. It is one file and needs nothing else. */
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());

const [folder = "", run = ""] = process.argv.slice(2);
const log = (text: string): void => {
  process.stdout.write(`shard ${process.env["CLOUD_RUN_TASK_INDEX"]} of run ${run}: ${text}\n`);
};
process.exitCode = await runShard({ folder, run, env: process.env, signal: stop.signal, log }).catch(
  (error: unknown) => {
    log(error instanceof Error ? error.message : String(error));
    return shardExits.unreadable;
  },
);
