import type { EvidenceKind } from "../plan/evidence-record.ts";
import type { GateContext, GatePorts } from "./gate.ts";

export interface FixtureFunction {
  readonly slug: string;
  /** One ES module for Deno, with all it needs inside. */
  readonly source: string;
  /** Whether the platform checks for a token before the function. Default false. */
  readonly verifyJwt?: boolean;
}

/**
 * A small change to the sound world of `bee verify --self-test`: the bundled app, deployed to a throw-away embedded
 * platform. All parts may be combined; nothing of a fixture is left for the next one.
 */
export interface GateFixture {
  /** What is wrong with this world, in a few words; printed by --self-test and in docs/gates.md. */
  readonly title: string;
  /** Run first in each transaction that the gate opens through its `database` port, and rolled back with it. */
  readonly sql?: string;
  /** Deployed to the platform; the only functions of the view, so the only ones the gate asks. */
  readonly functions?: readonly FixtureFunction[];
  /** The gate reads them as the newest records of the platform's evidence. */
  readonly evidence?: readonly {
    readonly kind: EvidenceKind;
    readonly body: Readonly<Record<string, unknown>>;
  }[];
  /** These ports reach a closed port instead; `actual` is what was read of the target. */
  readonly unreachable?: readonly (Exclude<keyof GatePorts, "users"> | "actual")[];
  /** Anything else: the context as the gate is to see it. Comes last. */
  readonly change?: (ctx: GateContext) => GateContext;
}

/** What proves a gate: one world it blocks, and one in which it cannot measure and says so. */
export interface GateFixtures {
  readonly blocks: GateFixture;
  readonly inconclusive: GateFixture;
}
