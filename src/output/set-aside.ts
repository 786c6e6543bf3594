import type { Finding } from "../core/verdict.ts";

/** A finding that does not count for a time. */
export interface SetAside {
  readonly finding: Finding;
  /** By whom, until when and why, in one line. */
  readonly why: string;
}

/** For a person: what it is and where, and why it does not count. */
export function renderSetAside(all: readonly SetAside[]): string {
  const lines = all.map(({ finding: { rule, detail, location }, why }) => {
    const place = [location?.file, location?.line].filter((part) => part != null).join(":");
    return `  ${rule}  ${place}\n    ${detail}\n    ${why}`;
  });
  return [`Waived (${all.length})`, ...lines].join("\n\n");
}
