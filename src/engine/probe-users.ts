import type { AppGateway, AppSession } from "../ports/app-gateway.ts";
import type { DatabaseReader } from "../ports/database.ts";
import type { ProbeUsers } from "../ports/gate.ts";

export interface ProbeUserPool extends ProbeUsers {
  /**
   * Removes every user that was made, and those a run that died left behind: who calls this holds the target's
   * lock, so they are nobody's. Answers the ids that could not be removed.
   */
  removeAll(): Promise<readonly string[]>;
}

/** Named so by the app gateway. */
const leftSql = "select id from auth.users where email like 'bee-probe-%@example.invalid'";

/** Two synthetic users shared by the gates of one run: signing up is the slowest part of a smoke test. */
export function createProbeUsers(app: AppGateway, database: DatabaseReader): ProbeUserPool {
  const made = new Map<string, Promise<AppSession & { readonly userId: string }>>();
  return {
    get(label) {
      const known = made.get(label);
      if (known != null) return known;
      const user = app.createUser(label);
      made.set(label, user);
      return user;
    },
    async removeAll() {
      const own = await Promise.all(
        [...made.values()].map((making) =>
          making.then(
            ({ userId }) => userId,
            () => null,
          ),
        ),
      );
      made.clear();
      const left = await database.query<{ id: string }>(leftSql).catch(() => []);
      const ids = new Set([...own.filter((id) => id != null), ...left.map(({ id }) => id)]);
      const outcomes = await Promise.all(
        [...ids].map((id) =>
          app.removeUser(id).then(
            () => null,
            () => id,
          ),
        ),
      );
      return outcomes.filter((id) => id != null);
    },
  };
}
