import { Worker } from "node:worker_threads";

/**
 * Servers of known latency, on a thread of their own: uniform from 10 to 110 ms; 3 ms but frozen 1 s in 10; at once;
 * uneven: 100 to 1,100 ms, three times as long for one user of four.
 */
const servers = `
const { createServer } = require("node:http");
const { parentPort, workerData } = require("node:worker_threads");
const startedAt = performance.now();
let asked = 0;
const served = [];
const uniform = () => 10 + 100 * ((++asked * 0.61803398875) % 1);
const delays = {
  uniform,
  freezes: () => { const at = (performance.now() - startedAt) % 10000; return 3 + (at < 1000 ? 1000 - at : 0); },
  instant: () => 0,
  uneven: (token) => uniform() * (token.endsWith("4") ? 30 : 10),
};
const delayOf = delays[workerData];
const server = createServer((request, response) => {
  const cameAt = performance.now();
  const position = served.push(0) - 1;
  const delay = delayOf(request.headers.authorization ?? "");
  const answer = () => {
    served[position] = performance.now() - cameAt;
    response.end('{"final_score":1}');
  };
  if (delay === 0) answer();
  else setTimeout(answer, delay);
});
parentPort.on("message", () => parentPort.postMessage(served));
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

export type LoadServerKind = "uniform" | "freezes" | "instant" | "uneven";

export interface LoadServer {
  readonly url: string;
  /** How long each answer took by the server's own clock, in ms, in the order of the questions. */
  readServed(): Promise<readonly number[]>;
  close(): Promise<unknown>;
}

export async function startLoadServer(kind: LoadServerKind): Promise<LoadServer> {
  const worker = new Worker(servers, { eval: true, workerData: kind });
  const hear = <T>(): Promise<T> => new Promise((resolve) => worker.once("message", resolve));
  const port = await hear<number>();
  return {
    url: `http://127.0.0.1:${port}`,
    readServed: async () => {
      const heard = hear<readonly number[]>();
      worker.postMessage("served");
      return heard;
    },
    close: () => worker.terminate(),
  };
}
