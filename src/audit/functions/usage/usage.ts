export const usageKinds = ["invoke", "constant", "sql", "infra", "test", "doc"] as const;

export type UsageKind = (typeof usageKinds)[number];

/** A place that names a function. */
export interface Reference {
  readonly kind: UsageKind;
  readonly file: string;
  readonly offset: number;
}

export interface FunctionUsage {
  readonly slug: string;
  readonly hasSource: boolean;
  /** Sorted by kind, file and place. */
  readonly references: readonly Reference[];
}
