/**
 * Preloaded into a bee process (NODE_OPTIONS=--import): counts the points at which it can be hit, and hits it at one
 * of them. BEE_INJECT: `{bee, log, dbPort, at?, signal?, shorten?}`. A point is `<where> <when> <n>`, such as `api sent 3`.
 */
import { appendFileSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";

const require = createRequire(import.meta.url);
const { bee, log, dbPort, at, signal, shorten } = JSON.parse(process.env["BEE_INJECT"] ?? "{}");

// Children of bee, such as the bundler, are not the ones to be hit.
if (log != null && bee === process.argv[1]) {
  delete process.env["NODE_OPTIONS"];
  watchJournal(require("node:fs/promises"));
  watchRequests(require("node:http"));
  watchDatabase(require("node:net"));
  syncBuiltinESMExports();
  if (shorten != null) shortenTimeouts();
}

function hit(point) {
  appendFileSync(log, `${point}\n`);
  if (point === at) process.kill(process.pid, signal ?? "SIGKILL");
}

function watchJournal(fs) {
  const { open } = fs;
  let appended = 0;
  fs.open = async (path, ...rest) => {
    const file = await open(path, ...rest);
    if (!/journal[/\\][^/\\]+\.jsonl$/.test(String(path))) return file;
    const write = file.write.bind(file);
    file.write = async (bytes) => {
      const n = ++appended;
      hit(`journal before ${n}`);
      const half = at === `journal torn ${n}` ? Math.floor(bytes.length / 2) : 0;
      if (half > 0) await write(bytes.subarray(0, half));
      hit(`journal torn ${n}`);
      // A signal that does not kill leaves the rest to be written.
      await write(bytes.subarray(half));
      hit(`journal after ${n}`);
      return { bytesWritten: bytes.length, buffer: bytes };
    };
    return file;
  };
}

function watchRequests(http) {
  const { request } = http;
  const counts = { api: 0, app: 0 };
  http.request = (url, ...rest) => {
    const where = url.pathname.startsWith("/v1/") ? "api" : "app";
    const n = ++counts[where];
    hit(`${where} before ${n}`);
    const outgoing = request(url, ...rest);
    outgoing.once("finish", () => hit(`${where} sent ${n}`));
    outgoing.prependOnceListener("response", () => hit(`${where} received ${n}`));
    return outgoing;
  };
}

/** One point per flush to the socket, so that a corked message counts once. */
function watchDatabase({ Socket }) {
  const write = Socket.prototype._writeGeneric;
  let flushed = 0;
  Socket.prototype._writeGeneric = function (...args) {
    if (this.remotePort !== dbPort) return write.apply(this, args);
    const n = ++flushed;
    hit(`db before ${n}`);
    const result = write.apply(this, args);
    hit(`db sent ${n}`);
    return result;
  };
}

/** Timeouts of 10 s and more become `shorten` times shorter: what is patience to bee is waiting to a test. */
function shortenTimeouts() {
  const { setTimeout: plain } = globalThis;
  const short = (work, ms, ...rest) => plain(work, ms >= 10_000 ? ms / shorten : ms, ...rest);
  Object.assign(short, plain);
  globalThis.setTimeout = Object.defineProperties(short, Object.getOwnPropertyDescriptors(plain));
}
