import type { Fence } from "../deploy-lock.ts";
import { lockLost } from "../lock-lost.ts";

export type IsCurrent = (fence: Fence) => boolean;

/** The memory twins refuse a writer that lost the lock as the database does. */
export function assertFence(fence: Fence, isCurrent: IsCurrent): void {
  if (!isCurrent(fence)) throw lockLost();
}
