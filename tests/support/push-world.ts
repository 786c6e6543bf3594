import { randomUUID } from "node:crypto";
import {
  type DeployedBackend,
  deployBackend,
  type FunctionAnswer,
  type FunctionCall,
} from "./deployed-backend.ts";
import { type FakeGoogle, startFakeGoogle } from "./fake-google.ts";

export interface PushUser {
  /** Newest first, one a day from today. */
  readonly scores?: readonly number[];
  readonly state?: string;
  readonly devices?: number;
}

/** The deployed backend, and Google as it is told to be. */
export interface PushWorld {
  readonly backend: DeployedBackend;
  readonly google: FakeGoogle;
  /** Calls push-notification-triggers as the service. */
  trigger(call?: FunctionCall): Promise<FunctionAnswer>;
  useServiceAccount(): Promise<void>;
  /** Somebody with a phone who has been doing badly (or well) for some days. */
  createUser(more?: PushUser): Promise<string>;
  notifications(userId: string): Promise<readonly Record<string, unknown>[]>;
  /** Nobody there, nothing sent, Google in good order. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export function daysAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
}

export async function startPushWorld(): Promise<PushWorld> {
  const [backend, google] = await Promise.all([deployBackend(), startFakeGoogle()]);
  const { db } = backend;
  const useServiceAccount = () =>
    backend.setSecrets({
      FCM_SERVICE_ACCOUNT: JSON.stringify(google.serviceAccount),
      FCM_ENDPOINT: google.url,
    });
  await useServiceAccount();
  return {
    backend,
    google,
    useServiceAccount,
    trigger: (call = {}) => backend.call("push-notification-triggers", { headers: backend.service, ...call }),
    async createUser({ scores = [30, 30], state = "NeedsCare", devices = 1 } = {}) {
      const id = randomUUID();
      await db.query("insert into auth.users (id) values ($1)", [id]);
      for (const [index, score] of scores.entries()) {
        await db.query(
          `insert into public.daily_engagement_scores
             (user_id, score_date, raw_score, final_score, momentum_state, algorithm_version)
           values ($1, $2, $3, $3, $4, 'v1.0')`,
          [id, daysAgo(index), score, state],
        );
      }
      for (const platform of ["android", "ios", "web"].slice(0, devices)) {
        await db.query("insert into public.user_fcm_tokens (user_id, platform, token) values ($1, $2, $3)", [
          id,
          platform,
          `${platform}-token-of-${id}`,
        ]);
      }
      return id;
    },
    async notifications(userId) {
      const { rows } = await db.query(
        `select type, status, message_id, error, trigger_date::text, trigger_state
         from public.momentum_notifications where user_id = $1 order by created_at`,
        [userId],
      );
      return rows;
    },
    async clear() {
      await db.query("delete from auth.users");
      google.sent.length = 0;
      google.tokenAnswer = null;
      google.answer = () => ({
        status: 200,
        body: { name: `projects/bee-test/messages/${google.sent.length}` },
      });
    },
    async stop() {
      await Promise.all([backend.stop(), google.close()]);
    },
  };
}
