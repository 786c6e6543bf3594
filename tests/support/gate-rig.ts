import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openTarget } from "../../src/cli/connect-target.ts";
import { parseConfig } from "../../src/config/parse-config.ts";
import { Secret } from "../../src/core/secret.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { createProbeUsers } from "../../src/engine/probe-users.ts";
import { sha256 } from "../../src/plan/digest.ts";
import type { View } from "../../src/plan/view.ts";
import type { FunctionProbe, Gate, GatePorts } from "../../src/ports/gate.ts";
import { projectDir } from "./backend.ts";
import { type DeployedBackend, deployBackend } from "./deployed-backend.ts";

export interface GateRig {
  readonly backend: DeployedBackend;
  /** Deploys one ES module next to the app's functions. */
  deploy(slug: string, source: string): Promise<void>;
  /** Asks about these functions; the app's own by default, each as bee.config.yaml says. */
  ask(
    gate: Gate,
    world?: {
      readonly slugs?: readonly string[];
      readonly probes?: Readonly<Record<string, FunctionProbe>>;
      readonly ports?: Partial<GatePorts>;
    },
  ): Promise<Verdict>;
  stop(): Promise<void>;
}

/** The bundled backend on a platform of its own, and gates asked as `bee verify` asks them. */
export async function startGateRig(): Promise<GateRig> {
  const backend = await deployBackend();
  const { state } = backend;
  const target = openTarget({
    name: "local",
    guarded: false,
    address: {
      ref: state.projectRef,
      url: state.url,
      apiUrl: state.managementUrl,
      accessToken: new Secret(state.accessToken),
      databaseUrl: new Secret(state.dbUrl),
    },
    version: "test",
    cloud: null,
    root: projectDir,
    facts: [],
  });
  const { probe } = parseConfig(readFileSync(join(projectDir, "bee.config.yaml"), "utf8"), "bee.config.yaml");
  return {
    backend,
    async deploy(slug, source) {
      const { functions } = target.ports;
      const bytes = Buffer.from(source);
      const staged = await functions.stage({ slug, bytes, sha256: sha256(bytes), verifyJwt: false }, null);
      await functions.activate([staged]);
    },
    async ask(gate, { slugs = Object.keys(probe.functions), probes = probe.functions, ports = {} } = {}) {
      const functions = slugs.map((slug) => ({
        slug,
        bytes: new Uint8Array(),
        sha256: sha256(slug),
        verifyJwt: false,
      }));
      const view = {
        desired: { projectName: "rig", migrations: [], functions, secrets: [] },
      } as unknown as View;
      const users = createProbeUsers(target.ports.app, target.ports.database);
      const asked = gate.check({
        ports: { ...target.ports, users, ...ports },
        view,
        facts: {
          exposedSchemas: ["public"],
          probeRows: probe.rows,
          probeFunctions: probes,
          migrationFindings: [],
          secretProblems: [],
        },
        activated: async () => undefined,
        signal: new AbortController().signal,
      });
      return asked.finally(() => users.removeAll());
    },
    async stop() {
      await target.close();
      await backend.stop();
    },
  };
}
