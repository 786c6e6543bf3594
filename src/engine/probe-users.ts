import type { AppGateway, AppSession } from "../ports/app-gateway.ts";
import type { ProbeUsers } from "../ports/gate.ts";

export interface ProbeUserPool extends ProbeUsers {
  /** Removes every user that was made; answers the ids that could not be removed. */
  removeAll(): Promise<readonly string[]>;
}

/** Two synthetic users shared by the gates of one run: signing up is the slowest part of a smoke test. */
export function createProbeUsers(app: AppGateway): ProbeUserPool {
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
      const outcomes = await Promise.all(
        [...made.values()].map(async (making) => {
          const user = await making.catch(() => null);
          if (user == null) return null;
          return app.removeUser(user.userId).then(
            () => null,
            () => user.userId,
          );
        }),
      );
      made.clear();
      return outcomes.filter((id) => id != null);
    },
  };
}
