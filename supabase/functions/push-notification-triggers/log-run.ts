import type { Rpc } from "../_shared/rest.ts";
import { functionName } from "./run.ts";

interface RunLog {
  readonly userId: string | null;
  readonly durationMs: number;
  readonly success: boolean;
}

/** For the monitoring of the plan's phase 4. */
export async function logRun(rpc: Rpc, { userId, durationMs, success }: RunLog): Promise<void> {
  await rpc(
    "log_function_call",
    {
      function_name: functionName,
      user_id: userId,
      execution_time_ms: Math.round(durationMs),
      success,
      error_message: success ? null : "send_failed",
    },
    { deadline: AbortSignal.timeout(2000), repeatable: false },
  ).catch(() => {
    // What was sent is sent: a lost line must not turn the answer into an error.
  });
}
