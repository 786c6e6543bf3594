import type { ProjectInfo, ServiceHealth } from "../plan/project-info.ts";

export type { ProjectInfo, ServiceHealth } from "../plan/project-info.ts";

import type { Secret } from "../core/secret.ts";

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
