/** Sessions of one release of the app. */
export interface SessionCounts {
  readonly crashed: number;
  readonly total: number;
  /** As the app names it, such as `com.example.bee@1.2.0+45`. */
  readonly release: string;
  /** Such as `14d`. */
  readonly period: string;
}

/** How stable the app is in its users' hands. */
export interface AppStability {
  /** Null when nobody said where that is counted. Throws BEE-E756 when what was said is incomplete, or does not answer. */
  readSessions(): Promise<SessionCounts | null>;
}
