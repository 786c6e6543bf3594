import type { ProjectFacts } from "../../ports/gate.ts";

/** A rollback judges what the target holds, not the files beside it: the checkout may be of any revision. */
export const rollbackFacts: ProjectFacts = {
  exposedSchemas: ["public"],
  probeRows: [],
  probeFunctions: {},
  migrationFindings: [],
  secretProblems: [],
};
