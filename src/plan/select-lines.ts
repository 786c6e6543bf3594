import { nearest } from "../core/nearest.ts";
import { type Checklist, type ChecklistLine, gateOf } from "./checklist.ts";

export interface SelectedLine {
  readonly gate: string;
  /** Null for a gate that no line names. */
  readonly line: ChecklistLine | null;
}

export interface SelectedGroup {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly SelectedLine[];
}

/** What `bee verify <names>` asks, grouped by checklist. */
export interface Selection {
  readonly groups: readonly SelectedGroup[];
  /** Each once. */
  readonly gates: readonly string[];
}

/** No names: everything. A name is a checklist, a line or a gate; those that are none of them come back as `unknown`. */
export function selectLines(
  checklists: readonly Checklist[],
  gateIds: readonly string[],
  names: readonly string[],
): Selection | { readonly unknown: readonly { readonly name: string; readonly near: string | null }[] } {
  const lines = checklists.flatMap((checklist) => checklist.lines);
  const loose = gateIds.filter((id) => !lines.some((line) => gateOf(line) === id));
  const known = [
    ...checklists.map(({ id }) => id),
    ...lines.flatMap((line) => [line.id, gateOf(line)]),
    ...loose,
  ];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) return { unknown: unknown.map((name) => ({ name, near: nearest(name, known) })) };
  const asked = (checklist: Checklist, line: ChecklistLine): boolean =>
    names.length === 0 || [checklist.id, line.id, gateOf(line)].some((id) => names.includes(id));
  const groups = [
    ...checklists.map((checklist) => ({
      id: checklist.id,
      title: checklist.title,
      lines: checklist.lines
        .filter((line) => asked(checklist, line))
        .map((line) => ({ gate: gateOf(line), line })),
    })),
    {
      id: "others",
      title: "Gates that no checklist names",
      lines: loose
        .filter((id) => names.length === 0 || names.includes(id))
        .map((gate) => ({ gate, line: null })),
    },
  ].filter((group) => group.lines.length > 0);
  const gates = [...new Set(groups.flatMap((group) => group.lines.map(({ gate }) => gate)))];
  return { groups, gates };
}
