import { Secret } from "../../core/secret.ts";
import type { ApiKeys, ProjectInfo, ProjectReader, ServiceHealth } from "../project.ts";

interface MemoryProject extends ProjectReader {
  readonly state: { project: ProjectInfo; health: readonly ServiceHealth[]; keys: ApiKeys };
}

/** A healthy project; tests change `state` to make it ill. */
export function createMemoryProject(ref = "abcdefghijklmnopqrst"): MemoryProject {
  const state: MemoryProject["state"] = {
    project: { ref, name: "memory", region: "local", status: "ACTIVE_HEALTHY", postgresVersion: "17.4" },
    health: ["db", "rest", "auth", "realtime"].map((name) => ({ name, healthy: true })),
    keys: { publishable: "sb_publishable_memory", secret: new Secret("sb_secret_memory") },
  };
  return {
    state,
    async readProject() {
      return state.project;
    },
    async readHealth() {
      return state.health;
    },
    async readApiKeys() {
      return state.keys;
    },
  };
}
