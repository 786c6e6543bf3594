import { describe, expect, it } from "vitest";
import { Secret } from "../core/secret.ts";
import { parseDatabaseUrl } from "./database-url.ts";

const parse = (url: string) => parseDatabaseUrl(new Secret(url));

describe("parseDatabaseUrl", () => {
  it("reads user, encoded password, host, port and database", () => {
    expect(
      parse("postgresql://postgres.abc:p%40ss%2F@aws-0-eu.pooler.supabase.com:5432/postgres?sslmode=disable"),
    ).toEqual({
      host: "aws-0-eu.pooler.supabase.com",
      port: 5432,
      user: "postgres.abc",
      password: "p@ss/",
      database: "postgres",
      loopback: false,
    });
  });

  it.each([
    ["postgres://u:p@127.0.0.1:6543/app", { host: "127.0.0.1", port: 6543, database: "app", loopback: true }],
    ["postgresql://u@localhost", { port: 5432, password: "", database: "postgres", loopback: true }],
    ["postgresql://u:p@[::1]:5433/x", { host: "::1", port: 5433, loopback: true }],
    ["postgresql://u:p@127.evil.example/x", { loopback: false }],
    ["postgresql://u:p@db.abc.supabase.co/x", { loopback: false }],
  ])("reads %s", (url, expected) => {
    expect(parse(url)).toMatchObject(expected);
  });

  it.each([
    "",
    "nonsense",
    "https://x:secret-word@y/z",
    "postgresql:///postgres",
    "postgresql://u:%ZZsecret-word@h/d",
  ])("refuses %j and shows none of it", (url) => {
    expect(() => parse(url)).toThrow(expect.objectContaining({ code: "BEE-E320", exit: 2 }));
    expect(() => parse(url)).not.toThrow(/secret-word/);
  });

  it("refuses the transaction pooler and names the session pooler", () => {
    expect(() => parse("postgresql://postgres.abc:p@aws-0-eu.pooler.supabase.com:6543/postgres")).toThrow(
      expect.objectContaining({ code: "BEE-E320", hint: expect.stringContaining("5432") }),
    );
  });
});
