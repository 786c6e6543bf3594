import { parentPort, workerData } from "node:worker_threads";

/** Makes requests for a thread that waits for each: k6's scripts call without awaiting. */
const { signal, port } = workerData;
parentPort.on("message", async ({ method, url, body, headers, timeoutMs }) => {
  const startedAt = performance.now();
  const answer = await fetch(url, {
    method,
    body: method === "GET" ? undefined : body,
    headers,
    redirect: "manual",
    signal: AbortSignal.timeout(timeoutMs),
  })
    .then(async (response) => ({ status: response.status, body: await response.text(), error_code: 0 }))
    .catch((error) => ({ status: 0, body: null, error_code: codeOf(error) }));
  port.postMessage({ ...answer, took: performance.now() - startedAt });
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
});

function codeOf(error) {
  if (error.name === "TimeoutError") return 1050;
  return (
    { ECONNREFUSED: 1212, ECONNRESET: 1220, ENOTFOUND: 1101, EAI_AGAIN: 1101 }[error.cause?.code] ?? 1000
  );
}
