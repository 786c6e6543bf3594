/** First byte of every line that comes from the prelude and not from the function itself. */
export const marker = "\u001e";

/**
 * Runs before the function's module and gives it what the hosted runtime has: its variables, `EdgeRuntime.waitUntil`,
 * `export default { fetch }`, `beforeunload`, http URLs, and console lines with their level.
 */
export const preludeSource = `
const encoder = new TextEncoder();
const emit = (event) => {
  let bytes = encoder.encode("\\u001e" + JSON.stringify(event) + "\\n");
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
};

const decoder = new TextDecoder();
let variables = "";
for (const chunk = new Uint8Array(65536); ; ) {
  const length = Deno.stdin.readSync(chunk);
  if (length === null) break;
  variables += decoder.decode(chunk.subarray(0, length), { stream: true });
}
for (const [name, value] of Object.entries(JSON.parse(variables))) Deno.env.set(name, value);

const text = (value) => typeof value === "string" ? value : Deno.inspect(value, { colors: false, depth: 4 });
const format = (args) => {
  let rest = args;
  let head = "";
  if (typeof args[0] === "string" && args.length > 1) {
    rest = args.slice(1);
    head = args[0].replace(/%([sdifjoOc%])/g, (whole, kind) => {
      if (kind === "%") return "%";
      if (rest.length === 0) return whole;
      const value = rest.shift();
      if (kind === "c") return "";
      if (kind === "d" || kind === "f") return String(Number(value));
      if (kind === "i") return String(Math.trunc(Number(value)));
      return kind === "s" ? String(value) : text(value);
    });
    if (rest.length === 0) return head;
    return head + " " + rest.map(text).join(" ");
  }
  return rest.map(text).join(" ");
};
const levels = { log: "info", info: "info", dir: "info", debug: "debug", trace: "debug", warn: "warn", error: "error" };
for (const [method, level] of Object.entries(levels)) {
  console[method] = (...args) => emit({ type: "log", level, message: format(args) });
}

const background = new Set();
globalThis.EdgeRuntime = {
  waitUntil(task) {
    const promise = Promise.resolve(task).catch((error) => console.error("background task failed:", error));
    background.add(promise);
    promise.finally(() => background.delete(promise));
    return task;
  },
};

const serve = Deno.serve;
let served = false;
const httpUrl = (request) => {
  const url = request.url;
  if (url.startsWith("http+unix:")) Object.defineProperty(request, "url", { value: "http" + url.slice(9) });
  return request;
};
// Deno closes the connection over a body that a refusal left unread, and the answer may be lost with it; hosted reads
// it away. Other answers may still be made of it.
const readAway = async (request) => {
  const { body } = request;
  if (body === null || request.bodyUsed || body.locked) return;
  const reading = body.pipeTo(new WritableStream()).catch(() => {});
  let timer;
  const enough = new Promise((resolve) => { timer = setTimeout(resolve, 5000); });
  await Promise.race([reading, enough]);
  clearTimeout(timer);
};
Deno.serve = (...args) => {
  served = true;
  const options = args.find((arg) => typeof arg === "object" && arg !== null) ?? {};
  const handler = args.find((arg) => typeof arg === "function") ?? options.handler;
  const onListen = (address) => {
    emit({ type: "ready" });
    options.onListen?.(address);
  };
  return serve({ ...options, onListen }, async (request, info) => {
    const response = await handler(httpUrl(request), info);
    if (response?.status >= 400) await readAway(request);
    return response;
  });
};

addEventListener("load", async () => {
  if (served) return;
  const module = await import(Deno.mainModule);
  const handler = module.default?.fetch;
  if (typeof handler === "function") Deno.serve((request) => handler.call(module.default, request));
});

Deno.addSignalListener("SIGTERM", async () => {
  dispatchEvent(new CustomEvent("beforeunload", { detail: { reason: "early_drop" } }));
  await Promise.allSettled([...background]);
  Deno.exit(0);
});
`;
