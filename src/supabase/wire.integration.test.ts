import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createSecureServer, type ServerOptions } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Verdict } from "../core/verdict.ts";
import { httpsOnly } from "../gates/https-only.ts";
import type { GateContext } from "../ports/gate.ts";
import type { Wire } from "../ports/wire.ts";
import { createWire } from "./wire.ts";

let dir: string;
const servers: Server[] = [];

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-wire-"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

function certificate(days: number): Pick<ServerOptions, "key" | "cert"> {
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-subj",
      "/CN=localhost",
      "-days",
      String(days),
      "-keyout",
      key,
      "-out",
      cert,
    ],
    { stdio: "ignore" },
  );
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const secure = (options: ServerOptions, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  listen(createSecureServer(options, (_request, response) => response.writeHead(200, headers).end()));
const plain = (status: number, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
  listen(createServer((_request, response) => response.writeHead(status, headers).end()));

function ask(wire: Wire, isLoopback = false): Promise<Verdict> {
  const ports = { wire: { ...wire, address: { ...wire.address, isLoopback } } };
  return httpsOnly.check({ ports } as unknown as GateContext);
}

async function subjects(wire: Wire): Promise<readonly string[]> {
  const verdict = await ask(wire);
  return verdict.kind === "fail" ? verdict.findings.map(({ subject }) => subject) : [verdict.kind];
}

const hsts = { "strict-transport-security": "max-age=31536000; includeSubDomains" };

it("reads protocol, certificate, redirect and HSTS as they are", async () => {
  const [port, plainPort] = [
    await secure(certificate(60), hsts),
    await plain(308, { location: "https://localhost/" }),
  ];
  const wire = createWire({ url: `https://127.0.0.1:${port}`, plainPort });
  const tls = await wire.readTls();
  expect(tls).toMatchObject({ protocol: "TLSv1.3", oldProtocol: null });
  expect(tls.untrusted).toMatch(/SELF_SIGNED/);
  expect(Math.round((Date.parse(tls.validTo) - Date.now()) / 86_400_000)).toBe(60);
  expect(await wire.readPlain()).toEqual({ status: 308, location: "https://localhost/" });
  expect(await wire.readHsts()).toBe(hsts["strict-transport-security"]);
  expect(await subjects(wire)).toEqual(["certificate"]);
});

it("finds old TLS, a certificate about to end, an answer in the clear and no HSTS", async () => {
  const old = { ...certificate(5), minVersion: "TLSv1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
  const wire = createWire({ url: `https://127.0.0.1:${await secure(old)}`, plainPort: await plain(200) });
  expect((await wire.readTls()).oldProtocol).toBe("TLSv1.1");
  expect(await subjects(wire)).toEqual(["certificate", "expiry", "protocol", "plain", "hsts"]);
});

it("finds a redirect that stays in the clear, and HSTS for a day", async () => {
  const port = await secure(certificate(60), { "strict-transport-security": "max-age=86400" });
  const plainPort = await plain(301, { location: "http://localhost/there" });
  expect(await subjects(createWire({ url: `https://127.0.0.1:${port}`, plainPort }))).toEqual([
    "certificate",
    "plain",
    "hsts",
  ]);
});

it("takes a closed port 80 for a refusal", async () => {
  const port = await secure(certificate(60), hsts);
  const closed = createServer();
  const plainPort = await listen(closed);
  await new Promise((resolve) => closed.close(resolve));
  expect(await createWire({ url: `https://127.0.0.1:${port}`, plainPort }).readPlain()).toEqual({
    status: null,
    location: null,
  });
});

it("cannot say anything of a host that does not answer, or speaks no TLS", async () => {
  const mute = createServer();
  const port = await listen(mute);
  await new Promise((resolve) => mute.close(resolve));
  await expect(createWire({ url: `https://127.0.0.1:${port}` }).readTls()).rejects.toMatchObject({
    code: "BEE-E212",
  });
  const talksPlain = createWire({ url: `https://127.0.0.1:${await plain(200)}` });
  await expect(talksPlain.readTls()).rejects.toMatchObject({ code: "BEE-E212" });
});

it("gives up on a server that accepts and says nothing", async () => {
  const held: Socket[] = [];
  const silent = createTcpServer((socket) => held.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as AddressInfo;
  const wire = createWire({ url: `https://127.0.0.1:${port}`, timeoutMs: 200 });
  await expect(wire.readTls()).rejects.toMatchObject({
    code: "BEE-E212",
    message: expect.stringContaining("no answer within 0.2 s"),
  });
  for (const socket of held) socket.destroy();
  silent.close();
});

it("has nothing to ask of this machine itself", async () => {
  const wire = createWire({ url: "http://127.0.0.1:54321" });
  expect(wire.address).toEqual({ url: "http://127.0.0.1:54321", isLoopback: true });
  expect(await ask(wire, wire.address.isLoopback)).toMatchObject({ kind: "not-applicable" });
  expect(createWire({ url: "https://127.0.0.1.example.com" }).address.isLoopback).toBe(false);
});
