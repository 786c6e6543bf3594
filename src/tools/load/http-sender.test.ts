import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startKnownServer } from "../../../tests/support/known-server.ts";
import { createHttpSender, type HttpCall } from "./http-sender.ts";

const call: HttpCall = {
  method: "GET",
  path: "/",
  headers: { authorization: "Bearer a-token" },
  body: null,
  accepts: [200],
  contains: null,
};
const forever = new AbortController().signal;

describe("a server that nobody vouches for", () => {
  const dir = mkdtempSync(join(tmpdir(), "bee-load-tls-"));
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  let server: Server;
  let heard = 0;

  beforeAll(async () => {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"];
    const asked = ["req", "-x509", ...curve, ...names, "-keyout", key, "-out", cert];
    execFileSync("openssl", asked, { stdio: "ignore" });
    server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_request, response) => {
      heard += 1;
      response.end("ok");
    });
    await new Promise<void>((resolve) => server.listen(0, resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const url = () => `https://localhost:${(server.address() as AddressInfo).port}`;

  it("is sent no token, whatever the environment says", async () => {
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    const sender = createHttpSender({ url: url(), maxSockets: 2 });
    try {
      expect(await sender.send(call, forever)).toMatch(/SELF_SIGNED/);
      expect(heard).toBe(0);
    } finally {
      sender.close();
      if (before == null) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
  });

  it("is asked when its certificate is the one that was named", async () => {
    const sender = createHttpSender({ url: url(), maxSockets: 2, ca: readFileSync(cert, "utf8") });
    expect(await sender.send(call, forever)).toBeNull();
    expect(heard).toBe(1);
    sender.close();
  });
});

describe("an answer", () => {
  it("is right only with the status and the content that were asked for", async () => {
    const server = await startKnownServer({ kind: "status", status: 200 });
    const sender = createHttpSender({ url: server.url, maxSockets: 2 });
    try {
      expect(await sender.send({ ...call, contains: '"final_score"' }, forever)).toBeNull();
      expect(await sender.send({ ...call, contains: '"momentum"' }, forever)).toBe("body");
      expect(await sender.send({ ...call, accepts: [201] }, forever)).toBe("200");
    } finally {
      sender.close();
      await server.close();
    }
  });

  it("that does not come is a time-out; one that is cut off is told apart", async () => {
    const server = await startKnownServer({ kind: "never" });
    const sender = createHttpSender({ url: server.url, maxSockets: 2, timeoutMs: 100 });
    try {
      expect(await sender.send(call, forever)).toBe("timeout");
      const stop = new AbortController();
      const running = sender.send(call, stop.signal);
      stop.abort();
      expect(await running).toBe("aborted");
      expect(await sender.send(call, stop.signal)).toBe("aborted");
    } finally {
      sender.close();
      await server.close();
    }
  });
});
