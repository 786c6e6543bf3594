/** What Deno, Node and browsers define in every module. */
export const globalNames: ReadonlySet<string> = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  ...(
    "Deno EdgeRuntime Supabase fetch Request Response Headers FormData URLPattern WebSocket Worker EventSource CloseEvent ErrorEvent require module exports " +
    "crypto caches localStorage sessionStorage prompt alert confirm reportError queueMicrotask structuredClone " +
    "setTimeout setInterval clearTimeout clearInterval setImmediate clearImmediate navigator self window define " +
    "describe it test expect beforeEach afterEach beforeAll afterAll CompressionStream DecompressionStream"
  ).split(" "),
]);
