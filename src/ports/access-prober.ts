import type { AccessCatalog } from "../plan/access/access-catalog.ts";
import type { SeededRows } from "../plan/access/assemble-probes.ts";
import type { SeedTable } from "../plan/access/assemble-seed.ts";
import type { ProbeOutcome } from "../plan/access/judge-probes.ts";

/** A statement as the database takes it: keys are short, there are thousands. */
export interface ProbeStatement {
  /** Index of the persona. */
  readonly p: number;
  readonly s: string;
  /** Answers a text. */
  readonly r?: true;
  readonly b?: string;
  readonly a?: string;
  readonly c?: string;
  /** Constraints that wait for the end of the transaction are asked at once. */
  readonly i?: true;
}

export interface SeedProblem {
  readonly table: number;
  readonly slot: string;
  readonly why: string;
  readonly columns: readonly string[];
}

export interface SeedAnswer {
  readonly rows: SeededRows;
  readonly problems: readonly SeedProblem[];
}

export interface ProbePersona {
  readonly role: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Tables whose rows stand together while their probes run. */
export interface ProbeGroup {
  readonly tables: readonly (SeedTable & { readonly moved: boolean })[];
  /** Given the rows, what to try. */
  readonly probes: (seeded: SeedAnswer) => readonly ProbeStatement[];
}

export interface ProbeRun {
  readonly users: readonly { readonly id: string; readonly email: string }[];
  readonly userColumns: readonly string[];
  readonly seedSql: string | null;
  readonly personas: readonly ProbePersona[];
  readonly groups: readonly ProbeGroup[];
}

/** One transaction on the target, always rolled back. */
export interface AccessSession {
  readCatalog(schemas: readonly string[]): Promise<AccessCatalog>;
  /** Answers the outcomes of each group's probes, in their order. */
  probe(run: ProbeRun): Promise<readonly (readonly ProbeOutcome[])[]>;
  roundTrips(): number;
}

export interface AccessProber {
  within<T>(work: (session: AccessSession) => Promise<T>): Promise<T>;
}
