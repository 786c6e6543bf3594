import { exitCodes } from "../core/exit-code.ts";
import { type Io, main } from "./main.ts";

declare const BEE_VERSION: string;

// As Node 21 and later have it. Without, pg finds out where it runs by making a Response, which loads all of undici.
if (!("navigator" in globalThis))
  Object.assign(globalThis, { navigator: { userAgent: `Node.js/${process.versions.node}` } });

const interrupted = new AbortController();
let asked = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The first asks to stop at the next safe point, the second does not wait.
    if (asked++ > 0) process.exit(exitCodes.interrupted);
    interrupted.abort();
  });
}
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // `bee … | head` closes the pipe early; that is no failure of bee.
  if (error.code === "EPIPE") process.exit(exitCodes.ok);
  throw error;
});

const io: Io = {
  stdout: process.stdout,
  // Node opens these when they are first asked for: 5 ms that --help need not wait for.
  get stderr() {
    return process.stderr;
  },
  get stdin() {
    return process.stdin;
  },
  env: process.env,
  cwd: process.cwd(),
  signal: interrupted.signal,
};
main(process.argv.slice(2), io, BEE_VERSION).then((exitCode) => {
  // All is written and every connection closed; the realtime client's timers would hold the process for 10 s.
  process.exit(exitCode);
});
