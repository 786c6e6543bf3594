/** What a finding of `bee verify rls` means, for people. */
export interface IsolationRule {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly fix: string;
}

export const isolationRules: readonly IsolationRule[] = [
  {
    id: "rls-read",
    title: "A row of user B came back to somebody else",
    explanation:
      "Through the table, a partition by its own name, a view or a materialised view. A finding that ends in a forged claim or header came back only to a caller who sent it, which every caller can.",
    fix: "A policy for select that compares the owner's column with (select auth.uid()); security_invoker on views; what only the service needs in a schema that is not exposed.",
  },
  {
    id: "rls-insert",
    title: "Somebody added a row in another's name, or under another's row",
    explanation:
      "The row was there when the statement had ended. A key that ends in `parent` means a row of one's own below a row of the other; of a column, that this column alone named the other.",
    fix: "WITH CHECK on the policy for insert: the owner's column, and the owner of the row that the parent's column leads to.",
  },
  {
    id: "rls-update",
    title: "Somebody changed another's row",
    explanation:
      "Tried without WHERE and without RETURNING first: then Postgres asks only the policies for update, and reading policies hide nothing.",
    fix: "USING and WITH CHECK on the policy for update that compare the owner's column with (select auth.uid()).",
  },
  {
    id: "rls-delete",
    title: "Somebody deleted another's row",
    explanation: "Tried without WHERE first, as for changes.",
    fix: "USING on the policy for delete that compares the owner's column with (select auth.uid()).",
  },
  {
    id: "rls-move",
    title: "Somebody gave their own row to another, or put it under another's row",
    explanation:
      "The policy for update asks whose row it was and not whose it becomes: rows can be forged in another's name.",
    fix: "WITH CHECK on the policy for update, or no grant on the owner's column.",
  },
  {
    id: "rls-truncate",
    title: "A role of the API may empty the table",
    explanation:
      "TRUNCATE asks no policy. The API does not offer it, a function that runs as its caller may. Projects of before autumn 2026 grant it by default.",
    fix: "revoke truncate on all tables in schema public from anon, authenticated;",
  },
  {
    id: "sequence-set",
    title: "A role of the API may set a counter",
    explanation: "Set back, it makes everybody's next rows fail on their key.",
    fix: "revoke update on all sequences in schema public from anon, authenticated; usage is enough for adding rows.",
  },
  {
    id: "function-reads",
    title: "A function answered with data of user B to somebody else",
    explanation:
      "Called with ids, texts and row ids that name B's data; a value that only B's rows hold came back and had not been passed in.",
    fix: "Compare the arguments with (select auth.uid()) inside, or revoke execute from public, anon and authenticated.",
  },
  {
    id: "function-writes",
    title: "A function changed B's rows, or added rows in B's name, for somebody else",
    explanation: "B's rows were counted by place before and after each call.",
    fix: "Compare the arguments with (select auth.uid()) inside, or revoke execute from public, anon and authenticated.",
  },
  {
    id: "function-tells",
    title: "A function answers differently about B than about nobody",
    explanation:
      "No value of B came back, but counts, sums or yes and no did: the same call with ids that nobody has answered something else.",
    fix: "Compare the arguments with (select auth.uid()) inside, or revoke execute from public, anon and authenticated.",
  },
];
