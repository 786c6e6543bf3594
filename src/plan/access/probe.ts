import type { AccessRelation, ApiRole } from "./access-catalog.ts";
import type { SlotName } from "./assemble-seed.ts";
import type { TableAccess } from "./find-owners.ts";
import type { Persona } from "./personas.ts";

export type Operation = "select" | "insert" | "update" | "delete" | "move";

/** A row that stands in the table, as the database read it back. */
export interface SeededRow {
  readonly ctid: string;
  /** The partition it lies in. */
  readonly table: number;
  /** Texts of all columns, in the relation's order. */
  readonly values: readonly (string | null)[];
}

export type SeededTable = Readonly<Partial<Record<SlotName, SeededRow>>>;
export type SeededRows = Readonly<Record<string, SeededTable>>;

/** One statement tried as one persona, in a subtransaction that always aborts. */
export interface Probe {
  readonly relation: AccessRelation;
  readonly persona: Persona;
  readonly operation: Operation;
  /** blind: no WHERE, no RETURNING. */
  readonly form: "blind" | "where" | "plain";
  readonly statement: string;
  /** Answers a text instead of rows affected. */
  readonly returns: boolean;
  /** Before, as the login. */
  readonly before?: string;
  /** After, as the login: how many of the other's rows are as they were. */
  readonly untouched?: string;
  readonly standing?: number;
  /** After, as the login, and again once taken back: rows that landed. */
  readonly landed?: string;
  /** What it would mean, in words. */
  readonly aim: string;
  /** Tells variants of one operation apart in keys. */
  readonly variant?: string;
  /** Of somebody who may: when it does not get through, the refusal of others says nothing. */
  readonly control?: true;
  /** The row stays in the caller's tenant: whether B sees it there tells if it is B's as well. */
  readonly beside?: true;
  /** B's parent row is of a kind that its owner may publish. */
  readonly published?: boolean;
  /** An own row in the middle of the attempt, named in a refusal, says nothing of the other's. */
  readonly ownKeys?: readonly string[];
  readonly deferred: boolean;
}

export interface TableInput {
  readonly access: TableAccess;
  readonly rows: SeededTable;
  readonly personas: readonly Persona[];
  readonly usage: Readonly<Record<string, readonly ApiRole[]>>;
  /** B's mark, which every text of B's rows carries. */
  readonly mark: string;
  /** Triggers may write somebody's data into rows that are nobody's. */
  readonly triggers: boolean;
  /** A may with own rows what B may with B's: there is no list of the privileged that only B is in. */
  readonly alike: boolean;
  /** Rows that this table's lead to may be published by their owner. */
  readonly published: boolean;
}
