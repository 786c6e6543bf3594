import type { AccessRelation, ApiRole } from "./access-catalog.ts";
import type { TableAccess } from "./find-owners.ts";
import type { ProbeOutcome, Tried } from "./judge-probes.ts";
import type { Operation, Probe } from "./probe.ts";

interface Cell {
  readonly operation: Operation;
  readonly command: string;
  readonly aim: string;
}

const cells: readonly Cell[] = [
  { operation: "select", command: "r", aim: "sees it" },
  { operation: "update", command: "w", aim: "may change it" },
  { operation: "delete", command: "d", aim: "may delete it" },
  { operation: "insert", command: "a", aim: "may add one" },
];

/** Operations on a table that nobody at all got through with, though a policy lets somebody: nothing was proven. */
export function findUnproven(access: TableAccess, tried: readonly Tried[]): readonly string[] {
  if (access.table.kind === "v" || access.table.kind === "m") return findUnseen(tried);
  if (!access.private || !access.table.rls) return [];
  return cells.flatMap(({ operation, command, aim }) => {
    if (operation === "select" && access.public) return [];
    const attempts = tried.filter(({ probe }) => probe.operation === operation);
    const roles = [
      ...new Set(
        attempts.filter(({ probe }) => probe.control !== true).map(({ probe }) => probe.persona.role),
      ),
    ];
    if (roles.length === 0 || !roles.some((role) => isLetThrough(access.table, command, role))) return [];
    const reached = attempts.some(
      ({ probe, outcome }) => probe.persona.role !== "service_role" && isReached(probe, outcome),
    );
    return reached
      ? []
      : [
          `${operation}: not even its owner ${aim}, so that others may not says nothing; the row that was made lacks what the policies ask`,
        ];
  });
}

/** A view that shows nothing of the row to anybody, the service included, leaves rows out by a condition of its own. */
function findUnseen(tried: readonly Tried[]): readonly string[] {
  const reads = tried.filter(({ probe }) => probe.operation === "select");
  if (reads.length === 0 || reads.some(({ probe, outcome }) => isReached(probe, outcome))) return [];
  return [
    "select: it shows the row that was made to nobody, so that others do not see it says nothing; it lacks what the view asks",
  ];
}

/** Whether some policy could let the role through; without one it is refused, whatever the row. */
function isLetThrough({ policies }: AccessRelation, command: string, role: ApiRole): boolean {
  return policies.some(({ command: own, permissive, roles, using, check }) => {
    const text = command === "a" ? (check ?? using) : using;
    const applies = own === "*" || own === command;
    return permissive && applies && text !== "false" && (roles.length === 0 || roles.includes(role));
  });
}

/** Row security let it through, also when a constraint or, past USING, a trigger stopped it then. */
export function isReached({ operation }: Pick<Probe, "operation">, outcome: ProbeOutcome): boolean {
  const [first, second] = outcome;
  if (typeof first === "string")
    return first.startsWith("23") || (first.startsWith("P0") && operation !== "insert");
  return operation === "select" ? Number(second ?? 0) > 0 : first > 0;
}
