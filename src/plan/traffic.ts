/** A share of a service's requests. A null revision stands for whichever is the latest ready one. */
export interface TrafficShare {
  readonly revision: string | null;
  /** 0 to 100; 0 with a tag keeps the tag's own URL. */
  readonly percent: number;
  readonly tag: string | null;
}

/** A Cloud Run service; names are short (`calculator`, not `projects/…/services/calculator`). */
export interface CloudService {
  readonly name: string;
  /** Changes with every change of the service; a write that shows an old one is refused. */
  readonly etag: string;
  /** As it should be. */
  readonly traffic: readonly TrafficShare[];
  /** As it is, once `reconciling` is false. */
  readonly serving: readonly TrafficShare[];
  readonly latestReady: string | null;
  readonly reconciling: boolean;
  /** Why the last change did not come about; null when it did, or is still on its way. */
  readonly failure: string | null;
}

export interface CloudRevision {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly ready: boolean;
  /** Why it is not ready. */
  readonly reason: string | null;
}

/** What a traffic rollback changes; plain data, so that it can be shown, kept and undone. */
export interface TrafficChange {
  readonly service: string;
  readonly from: readonly TrafficShare[];
  readonly to: readonly TrafficShare[];
}

/** Kept by whoever rolled back: later deploys of the service get no traffic until it is unpinned. */
export interface TrafficPin {
  readonly service: string;
  readonly revision: string;
  /** What the service's traffic was before. */
  readonly before: readonly TrafficShare[];
  /** ISO 8601. */
  readonly pinnedAt: string;
}
