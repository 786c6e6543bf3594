import type { Project } from "./project-env.ts";
import { readLimited } from "./read-limited.ts";
import { unavailable } from "./refusal.ts";
import { parseUuid } from "./uuid.ts";

interface SharedSecretCheckDeps {
  readonly project: Project;
  readonly fetch: typeof fetch;
}

/** Whether the auth server takes the token for this user's. */
type SharedSecretCheck = (token: string, userId: string, deadline: AbortSignal) => Promise<boolean>;

const timeoutMs = 3000;

/**
 * For projects that still sign with the shared secret (HS256): functions do not hold it, so the auth server is asked.
 * Refuses with 503 when it does not answer.
 */
export function createSharedSecretCheck({ project, fetch }: SharedSecretCheckDeps): SharedSecretCheck {
  return async (token, userId, deadline) => {
    const answer = await ask(token, deadline);
    if (answer.status === 401 || answer.status === 403) return false;
    if (answer.status !== 200)
      throw unavailable("auth_unavailable", "Tokens cannot be verified at the moment");
    return answer.userId === userId;
  };

  async function ask(token: string, deadline: AbortSignal) {
    try {
      const response = await fetch(`${project.url}/auth/v1/user`, {
        headers: {
          authorization: `Bearer ${token}`,
          ...(project.publicKey === null ? {} : { apikey: project.publicKey }),
        },
        signal: AbortSignal.any([deadline, AbortSignal.timeout(timeoutMs)]),
      });
      const text = await readLimited(response, 65_536);
      const user: unknown = response.status === 200 ? JSON.parse(text) : null;
      return { status: response.status, userId: parseUuid((user as { id?: unknown } | null)?.id) };
    } catch {
      return { status: 0, userId: null };
    }
  }
}
