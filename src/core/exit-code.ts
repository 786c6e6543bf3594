/** Every exit code of `bee`, stable and documented in --help. */
export const exitCodes = {
  ok: 0,
  bug: 1,
  usage: 2,
  refused: 3,
  inconclusive: 4,
  locked: 5,
  stale: 6,
  partial: 7,
  unauthorised: 8,
  rolledBack: 9,
  rollbackFailed: 10,
  needsHuman: 11,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export const exitCodeMeanings: Readonly<Record<ExitCode, string>> = {
  0: "ok",
  1: "a bug in bee",
  2: "usage or configuration",
  3: "a gate or audit said no",
  4: "inconclusive",
  5: "lock held",
  6: "precondition changed since the plan",
  7: "partly applied, resume printed",
  8: "not authorised",
  9: "failed and rolled back clean",
  10: "rollback failed",
  11: "needs a human",
  130: "interrupted",
};
