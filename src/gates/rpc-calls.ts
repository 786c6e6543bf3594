import type { Attempt } from "../ports/database.ts";
import { identifier, literal } from "./intrusions.ts";

export interface RpcArgument {
  /** Empty when it has none. */
  readonly name: string;
  readonly type: string;
  readonly isText: boolean;
  readonly hasDefault: boolean;
}

/** A database function that the API serves. */
export interface RpcFunction {
  readonly schema: string;
  readonly name: string;
  readonly args: readonly RpcArgument[];
  readonly by_anon: boolean;
}

/** What goes into arguments that are not the one under test; other types get null. */
const samples: Readonly<Record<string, (userId: string) => string>> = {
  uuid: (userId) => userId,
  date: () => "2025-01-01",
  "timestamp with time zone": () => "2025-01-01T00:00:00Z",
  "timestamp without time zone": () => "2025-01-01T00:00:00",
  integer: () => "1",
  bigint: () => "1",
  smallint: () => "1",
  numeric: () => "1",
  "double precision": () => "1",
  boolean: () => "false",
  json: () => "{}",
  jsonb: () => "{}",
};

/** A call as the user, with `text` in one of its text arguments. */
export function assembleRpcCall(
  { schema, name, args }: RpcFunction,
  tested: number,
  text: string,
  userId: string,
): Attempt {
  const given = args.flatMap((arg, index) => {
    if (index !== tested && arg.hasDefault) return [];
    const value = index === tested ? text : arg.isText ? "bee" : samples[arg.type]?.(userId);
    const sql = `${value == null ? "null" : literal(value)}::${arg.type}`;
    return [arg.name === "" ? sql : `${identifier(arg.name)} => ${sql}`];
  });
  return {
    role: "authenticated",
    claims: { sub: userId, role: "authenticated" },
    sql: `select * from ${identifier(schema)}.${identifier(name)}(${given.join(", ")})`,
  };
}
