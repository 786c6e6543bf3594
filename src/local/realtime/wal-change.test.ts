import type { Pgoutput } from "pg-logical-replication";
import { describe, expect, test } from "vitest";
import { boundChange, pickMembers, renderChangeData } from "./change-data.ts";
import { parseLsn, renderLsn } from "./lsn.ts";
import { parseRowChange } from "./wal-change.ts";

const relation: Pgoutput.MessageRelation = {
  tag: "relation",
  relationOid: 1,
  schema: "public",
  name: "t",
  replicaIdentity: "default",
  keyColumns: ["id"],
  columns: [],
};

describe("a row change", () => {
  test("of an update without a new key tells the key as the old row", () => {
    const change = parseRowChange({
      tag: "update",
      relation,
      key: null,
      old: null,
      new: { id: "1", body: "x" },
    });
    expect(change).toEqual({ type: "UPDATE", relation, record: { id: "1", body: "x" }, old: { id: "1" } });
  });

  test("of an update that moves the key tells the former one", () => {
    const change = parseRowChange({ tag: "update", relation, key: { id: "1" }, old: null, new: { id: "2" } });
    expect(change?.old).toEqual({ id: "1" });
  });

  test("is none for a truncate", () => {
    const truncate = {
      tag: "truncate",
      cascade: false,
      restartIdentity: false,
      relations: [relation],
    } as const;
    expect(parseRowChange({ ...truncate, relations: [...truncate.relations] })).toBeNull();
  });

  test("that is too large keeps its short values", () => {
    const record = {
      id: "1",
      none: null,
      short: "x".repeat(64),
      long: "x".repeat(65),
      huge: "x".repeat(1_048_576),
    };
    const bounded = boundChange({ type: "INSERT", relation, record, old: null });
    expect(bounded.errors).toEqual(["Error 413: Payload Too Large"]);
    expect(Object.keys(bounded.record ?? {})).toEqual(["id", "none", "short"]);
    expect(boundChange({ type: "INSERT", relation, record: { id: "1" }, old: null }).errors).toBeNull();
  });
});

test("the data of a message is one JSON object, with the records taken over as they are", () => {
  const data = renderChangeData({
    transaction: { xid: 1, committedAt: "2026-01-02T03:04:05.000Z" },
    change: { type: "UPDATE", relation, record: {}, old: {}, errors: null },
    relation: {
      oid: 1,
      schema: "public",
      name: "t",
      primaryKey: ["id"],
      columns: ["id", "hidden"].map((name) => ({ name, sqlType: "bigint", typeName: "int8" })),
    },
    columns: new Set(["id"]),
    record: '{"id":12345678901234567890}',
    oldRecord: '{"id":1}',
  });
  expect(data).toBe(
    '{"schema":"public","table":"t","type":"UPDATE","commit_timestamp":"2026-01-02T03:04:05.000Z","errors":null,' +
      '"columns":[{"name":"id","type":"int8"}],"record":{"id":12345678901234567890},"old_record":{"id":1}}',
  );
  expect(pickMembers('{"a":1,"b":2}', new Set(["b", "c"]))).toBe('{"b":2}');
  expect(pickMembers(null, new Set(["b"]))).toBeNull();
});

test.each([
  ["0/0", 0n],
  ["0/16B3748", 0x16b3748n],
  ["1A/FFFFFFFF", 0x1affffffffn],
])("position %s", (text, lsn) => {
  expect(parseLsn(text)).toBe(lsn);
  expect(renderLsn(lsn)).toBe(text);
});

test("what is no position is the beginning", () => {
  expect([parseLsn(null), parseLsn("x"), parseLsn("1/123456789")]).toEqual([0n, 0n, 0n]);
});
