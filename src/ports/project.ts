import type { Secret } from "../core/secret.ts";

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

/** Keys the app's clients use; `publishable` may be a legacy anon JWT, `secret` a legacy service_role JWT. */
export interface ApiKeys {
  readonly publishable: string;
  readonly secret: Secret;
}

export interface ProjectReader {
  readProject(): Promise<ProjectInfo>;
  readHealth(): Promise<readonly ServiceHealth[]>;
  readApiKeys(): Promise<ApiKeys>;
}
