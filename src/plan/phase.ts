/** One phase of the plan as data: plans/<id>.yaml. */
export interface Phase {
  readonly id: string;
  readonly title: string;
  readonly gatesBefore: readonly string[];
  readonly steps: readonly string[];
  readonly gatesAfter: readonly string[];
}
