import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseBinaryFrame, parseTextFrame, renderBroadcast, renderMessage, type Vsn } from "./frame.ts";

const message = { joinRef: "1", ref: "2", topic: "realtime:x", event: "e" };

describe("text frames", () => {
  test.each<[Vsn, string]>([
    ["2.0.0", '["1","2","realtime:x","e",{"a":1}]'],
    ["1.0.0", '{"join_ref":"1","ref":"2","topic":"realtime:x","event":"e","payload":{"a":1}}'],
  ])("of %s are read and written", (vsn, text) => {
    expect(parseTextFrame(text, vsn)).toEqual({ ...message, payload: { a: 1 } });
    expect(renderMessage({ ...message, payload: '{"a":1}' }, vsn)).toBe(text);
  });

  test("numbers as refs are texts; a missing payload is empty", () => {
    expect(parseTextFrame('[1,2,"t","e",null]', "2.0.0")).toEqual({
      joinRef: "1",
      ref: "2",
      topic: "t",
      event: "e",
      payload: {},
    });
    expect(parseTextFrame('{"topic":"t","event":"e"}', "1.0.0")).toEqual({
      joinRef: null,
      ref: null,
      topic: "t",
      event: "e",
      payload: {},
    });
  });

  test.each([
    "",
    "x",
    "1",
    "null",
    "[]",
    "{}",
    '["1","2",3,"e",{}]',
    '[true,"2","t","e",{}]',
    '["1","2","t","e"]',
  ])("%s is none", (text) => {
    expect(parseTextFrame(text, "2.0.0")).toBeNull();
    expect(parseTextFrame(text, "1.0.0")).toBeNull();
  });
});

describe("binary frames", () => {
  const push = (lengths: readonly number[], encoding: number, rest: string) =>
    Buffer.concat([Buffer.from([3, ...lengths, encoding]), Buffer.from(rest)]);

  test("are read byte for byte", () => {
    expect(parseBinaryFrame(push([1, 2, 3, 4, 0], 1, "112top" + "name" + '{"a":1}'))).toEqual({
      joinRef: "1",
      ref: "12",
      topic: "top",
      event: "broadcast",
      payload: {},
      broadcast: { event: "name", encoding: "json", bytes: Buffer.from('{"a":1}') },
    });
    expect(parseBinaryFrame(push([0, 0, 1, 1, 2], 0, "te{}xyz"))).toMatchObject({
      joinRef: null,
      ref: null,
      broadcast: { encoding: "binary", bytes: Buffer.from("xyz") },
    });
  });

  test.each([
    ["too short", Buffer.from([3, 0, 0])],
    ["another kind", push([0, 0, 0, 0, 0], 0, "").fill(4, 0, 1)],
    ["an unknown encoding", push([0, 0, 0, 0, 0], 2, "")],
    ["lengths beyond the end", push([9, 9, 9, 9, 9], 0, "abc")],
    ["JSON that is none", push([0, 0, 1, 1, 0], 1, "te{")],
  ])("%s: none", (_what, frame) => {
    expect(parseBinaryFrame(frame)).toBeNull();
  });

  test("no bytes make the parsers throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom<Vsn>("1.0.0", "2.0.0"), (bytes, vsn) => {
        const frame = Buffer.from(bytes);
        parseBinaryFrame(frame);
        parseBinaryFrame(Buffer.concat([Buffer.from([3]), frame]));
        parseTextFrame(frame.toString("utf8"), vsn);
      }),
    );
  });
});

describe("a broadcast", () => {
  const json = { event: "é", encoding: "json" as const, bytes: Buffer.from('{"a":1}') };

  test("goes out as kind 4 to 2.0.0 and as an object to 1.0.0", () => {
    const frame = renderBroadcast("realtime:x", json, "2.0.0");
    expect(frame).toEqual(Buffer.concat([Buffer.from([4, 10, 2, 0, 1]), Buffer.from('realtime:xé{"a":1}')]));
    expect(JSON.parse(String(renderBroadcast("realtime:x", json, "1.0.0")))).toMatchObject({
      topic: "realtime:x",
      event: "broadcast",
      payload: { type: "broadcast", event: "é", payload: { a: 1 } },
    });
  });

  test("with a name too long for the binary form goes out as text", () => {
    const frame = renderBroadcast("realtime:x", { ...json, event: "x".repeat(256) }, "2.0.0");
    expect(JSON.parse(String(frame))[4]).toEqual({
      type: "broadcast",
      event: "x".repeat(256),
      payload: { a: 1 },
    });
  });

  test("of bytes has no form for 1.0.0", () => {
    expect(
      renderBroadcast("t", { event: "e", encoding: "binary", bytes: Buffer.from([0]) }, "1.0.0"),
    ).toBeNull();
  });
});
