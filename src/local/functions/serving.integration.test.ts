import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  denoPids,
  type FunctionsRig,
  startFunctionsRig,
  until,
} from "../../../tests/support/functions-rig.ts";

let rig: FunctionsRig;

beforeAll(async () => {
  rig = await startFunctionsRig({});
});
afterAll(async () => {
  await rig.stop();
  expect(denoPids(rig.dir)).toEqual([]);
});

beforeAll(() => {
  rig.env["GREETING"] = "hello";
});

describe("a function", () => {
  it("sees its path, an http URL, its variables and nothing else", async () => {
    await rig.deploy(
      "echo",
      `Deno.serve(async (request) => Response.json({
        url: request.url, method: request.method, body: await request.text(), header: request.headers.get("x-test"),
        greeting: Deno.env.get("GREETING"), unset: Deno.env.get("HOME") ?? null, id: Deno.env.get("DENO_DEPLOYMENT_ID"),
      }));`,
    );
    const { status, body } = await rig.call("echo/sub/path?q=1", {
      method: "POST",
      body: "hi",
      headers: { "x-test": "t" },
    });
    const [record] = rig.runtime.list();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      url: rig.url("").replace("/functions/v1/", "/echo/sub/path?q=1"),
      method: "POST",
      body: "hi",
      header: "t",
      greeting: "hello",
      unset: null,
      id: `abcdefghijklmnopqrst_${record?.id}_1`,
    });
  });

  it("may be written as export default { fetch }", async () => {
    await rig.deploy(
      "fetchable",
      `export default { async fetch(request: Request) { return new Response("d" + await request.text()) } }`,
    );
    expect(await rig.call("fetchable", { method: "POST", body: "x" })).toEqual({ status: 200, body: "dx" });
  });

  it("writes log events with level, id and version", async () => {
    await rig.deploy(
      "talk",
      `Deno.serve(() => { console.warn("at %s", "night", { a: [1] }); return new Response("ok") });`,
    );
    await rig.call("talk");
    const entry = await until(() => rig.lines.find(({ message }) => message.startsWith("at night")));
    expect(entry).toMatchObject({
      level: "warn",
      message: "at night { a: [ 1 ] }",
      fields: { slug: "talk", version: 1 },
    });
    expect(entry.fields["function_id"]).toBe(rig.runtime.list().find(({ slug }) => slug === "talk")?.id);
  });

  it("is kept from files, processes, the platform's ports and the open network as a listener", async () => {
    const port = rig.deniedPort;
    await rig.deploy(
      "probe",
      `const attempt = async (work) => { try { await work(); return "allowed" } catch (error) { return error.name } };
      Deno.serve(async () => Response.json({
        passwd: await attempt(() => Deno.readTextFile("/etc/passwd")),
        write: await attempt(() => Deno.writeTextFile("/tmp/bee-escape", "x")),
        run: await attempt(() => new Deno.Command("/bin/ls").output()),
        port: await attempt(() => fetch("http://127.0.0.1:${port}/")),
        byName: await attempt(() => Deno.connect({ hostname: "localhost", port: ${port} })),
        metadata: await attempt(() => fetch("http://169.254.169.254/")),
        listen: await attempt(() => Deno.listen({ port: 0 })),
        gateway: await attempt(() => fetch("${rig.url("nope")}").then((reply) => reply.text())),
      }));`,
    );
    expect(JSON.parse((await rig.call("probe")).body)).toEqual({
      passwd: "NotCapable",
      write: "NotCapable",
      run: "NotCapable",
      port: "NotCapable",
      byName: "NotCapable",
      metadata: "NotCapable",
      listen: "NotCapable",
      gateway: "allowed",
    });
  });

  it("brings a refusal home over a body that the function left unread", async () => {
    await rig.deploy("refuses", "Deno.serve(() => new Response('no', { status: 413 }));");
    const sizes = [10_000, 100_000, 1_000_000, 0];
    const asked = Array.from({ length: 80 }, (_, index) =>
      rig.call("refuses", { method: "POST", body: "x".repeat(sizes[index % sizes.length] ?? 0) }),
    );
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.filter((status) => status !== 413)).toEqual([]);
  });

  it("streams both ways", async () => {
    await rig.deploy("pass", "Deno.serve((request) => new Response(request.body));");
    const size = 20 * 1024 * 1024;
    const reply = await fetch(rig.url("pass"), { method: "POST", body: Buffer.alloc(size, 7) });
    expect((await reply.arrayBuffer()).byteLength).toBe(size);

    await rig.deploy(
      "ticks",
      `Deno.serve(() => new Response(new ReadableStream({ async start(controller) {
      for (let i = 0; i < 3; i++) { controller.enqueue(new TextEncoder().encode("t" + i)); await new Promise((r) => setTimeout(r, 30)); }
      controller.close(); } })));`,
    );
    const chunks: string[] = [];
    const stream = await fetch(rig.url("ticks"));
    for await (const chunk of stream.body ?? []) chunks.push(Buffer.from(chunk).toString());
    expect(chunks).toEqual(["t0", "t1", "t2"]);
  });

  it("does not hold up a client whose upload it ignores", async () => {
    await rig.deploy("deaf", `Deno.serve(() => new Response("early"));`);
    expect(await rig.call("deaf", { method: "POST", body: Buffer.alloc(8 * 1024 * 1024) })).toEqual({
      status: 200,
      body: "early",
    });
    expect(await rig.call("deaf")).toEqual({ status: 200, body: "early" });
  });

  it("is as hosted with HTML and odd methods", async () => {
    await rig.deploy(
      "page",
      `Deno.serve(() => new Response("<p>", { headers: { "content-type": "text/html; charset=utf-8" } }));`,
    );
    const reply = await fetch(rig.url("page"));
    expect(reply.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect((await fetch(rig.url("page"), { method: "HEAD" })).status).toBe(405);
  });
});
