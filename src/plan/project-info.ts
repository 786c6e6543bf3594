export interface ProjectInfo {
  readonly ref: string;
  readonly name: string;
  readonly region: string;
  /** `ACTIVE_HEALTHY` when it can be deployed to (Management API, GET /v1/projects/{ref}). */
  readonly status: string;
  readonly postgresVersion: string;
}

export interface ServiceHealth {
  readonly name: string;
  readonly healthy: boolean;
  readonly error?: string;
}
