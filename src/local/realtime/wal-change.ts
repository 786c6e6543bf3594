import type { Pgoutput } from "pg-logical-replication";

export type ChangeType = "INSERT" | "UPDATE" | "DELETE";

/** Column → text as Postgres prints it; absent when the value is unchanged and stored out of line (TOAST). */
export type Tuple = Readonly<Record<string, string | null | undefined>>;

/** One row change, as decoded from the WAL. */
export interface RowChange {
  readonly type: ChangeType;
  readonly relation: Pgoutput.MessageRelation;
  /** The new row; null for DELETE. */
  readonly record: Tuple | null;
  /** What the replica identity tells of the old row: the key, or all with `replica identity full`. */
  readonly old: Tuple | null;
}

export interface WalTransaction {
  readonly xid: number;
  /** ISO 8601. */
  readonly committedAt: string;
}

/** A change from a pgoutput message; null when it is no row change. Tuples must have been parsed as text. */
export function parseRowChange(message: Pgoutput.Message): RowChange | null {
  switch (message.tag) {
    case "insert":
      return { type: "INSERT", relation: message.relation, record: message.new, old: null };
    case "update":
      return {
        type: "UPDATE",
        relation: message.relation,
        record: message.new,
        old: message.old ?? message.key ?? pickKey(message.relation, message.new),
      };
    case "delete":
      return { type: "DELETE", relation: message.relation, record: null, old: message.old ?? message.key };
    default:
      return null;
  }
}

/** An UPDATE that leaves the key alone sends no old key: it is the new one. */
function pickKey(relation: Pgoutput.MessageRelation, record: Tuple): Tuple {
  return Object.fromEntries(relation.keyColumns.map((name) => [name, record[name]]));
}

export function measureTuple(tuple: Tuple): number {
  let length = 0;
  for (const value of Object.values(tuple)) length += value?.length ?? 0;
  return length;
}
