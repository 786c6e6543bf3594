import { join } from "node:path";
import type { Target, TargetCloud } from "../commands/target.ts";
import type { Project } from "../config/find-project.ts";
import type { TargetName } from "../config/schema.ts";
import { Secret } from "../core/secret.ts";
import { systemClock } from "../engine/clock.ts";
import { createPinnedTraffic } from "../engine/pinned-traffic.ts";
import { ensureLocalPlatform } from "../local/control.ts";
import type { Emit } from "../plan/run-event.ts";
import { createIsolationProver } from "../supabase/access/isolation-prover.ts";
import { createAppFlags } from "../supabase/app-flags.ts";
import { createAppGateway } from "../supabase/app-gateway.ts";
import { createBackupKeeper } from "../supabase/backup-keeper.ts";
import { createBackupRestorer } from "../supabase/backup-restorer.ts";
import { connectDatabase } from "../supabase/database.ts";
import { createDatabaseReader } from "../supabase/database-reader.ts";
import { parseDatabaseUrl } from "../supabase/database-url.ts";
import { createDeployLock } from "../supabase/deploy-lock.ts";
import { createDumpRestorer } from "../supabase/dump-restorer.ts";
import { notDumped, readDumpSource } from "../supabase/dump-source.ts";
import { createEvidenceLog } from "../supabase/evidence-log.ts";
import { createFunctionHost } from "../supabase/function-host.ts";
import { createLoadDatabase } from "../supabase/load-database.ts";
import { createManagementApi } from "../supabase/management-api.ts";
import { createMigrationStore } from "../supabase/migration-store.ts";
import { createProjectLogs } from "../supabase/project-logs.ts";
import { createProjectReader } from "../supabase/project-reader.ts";
import { createProjectSettings } from "../supabase/project-settings.ts";
import { createRecordKeeper } from "../supabase/record-keeper.ts";
import { createReleaseLedger } from "../supabase/release-ledger.ts";
import { createSchemaReverter } from "../supabase/schema-reverter.ts";
import { createSecretStore } from "../supabase/secret-store.ts";
import { createTableSnapshots } from "../supabase/table-snapshots.ts";
import { createTrafficPins } from "../supabase/traffic-pins.ts";
import { createWire } from "../supabase/wire.ts";
import { createDumpKeeper } from "../tools/dump-keeper.ts";
import { createDumpReader } from "../tools/dump-reader.ts";
import { createGitRepository } from "../tools/git-repository.ts";
import type { RunInvocation } from "../tools/invocation.ts";
import type { DumpAddress } from "../tools/pg-dump.ts";
import { createSentry } from "../tools/sentry.ts";
import { findHostedTarget, type HostedAddress } from "./hosted-address.ts";
import { findCloud } from "./target-cloud.ts";

export interface ConnectInput {
  readonly project: Project;
  readonly target: TargetName;
  readonly env: NodeJS.ProcessEnv;
  readonly emit: Emit;
  readonly version: string;
}

/** Local starts the embedded platform when it is not running; hosted needs a token and a database password. */
export async function connectTarget(input: ConnectInput): Promise<Target> {
  return input.target === "local" ? connectLocal(input) : connectHosted(input, input.target);
}

async function connectLocal({ project, env, emit, version }: ConnectInput): Promise<Target> {
  const { state, started } = await ensureLocalPlatform(project.root, {
    onProgress: (text) => emit({ type: "note", text }),
  });
  return openTarget({
    name: "local",
    guarded: false,
    address: {
      ref: state.projectRef,
      url: state.url,
      apiUrl: state.managementUrl,
      accessToken: new Secret(state.accessToken),
      databaseUrl: new Secret(state.dbUrl),
    },
    version,
    cloud: findCloud(project.config, "local", env),
    root: project.root,
    facts: [
      ["API", state.url],
      ["keys", "bee local status --json"],
      ["stop", started ? "bee local down (it goes on running in the background)" : "bee local down"],
    ],
  });
}

async function connectHosted(
  { project, env, version }: ConnectInput,
  name: "staging" | "production",
): Promise<Target> {
  const { address, guarded } = findHostedTarget(project.config, name, env);
  return openTarget({
    name,
    guarded,
    address,
    version,
    cloud: findCloud(project.config, name, env),
    root: project.root,
    facts: [["API", address.url]],
  });
}

export interface OpenInput {
  readonly name: TargetName;
  readonly guarded: boolean;
  readonly address: HostedAddress;
  readonly version: string;
  /** What runs beside the Supabase project; absent where that is out of reach on purpose. */
  readonly cloud?: TargetCloud | null;
  readonly facts: Target["facts"];
  /** The project's folder. */
  readonly root: string;
}

/** Loads what starts programs at its first use: most commands start none. */
const runTool: RunInvocation = async (...asked) =>
  (await import("../tools/invocation.ts")).createInvocationRunner({ env: process.env })(...asked);

async function readRoots(): Promise<readonly string[]> {
  return (await import("../supabase/trusted-roots.ts")).trustedRoots();
}

function toDumpAddress(url: Secret): Omit<DumpAddress, "rootsFile"> {
  const { password, ...address } = parseDatabaseUrl(url);
  return { ...address, password: new Secret(password) };
}

/** The one place where a target's adapters are put together. */
export function openTarget({
  name,
  guarded,
  address,
  version,
  cloud = null,
  facts,
  root,
}: OpenInput): Target {
  const { ref, url, apiUrl, accessToken, databaseUrl } = address;
  const api = createManagementApi({ baseUrl: apiUrl, accessToken, userAgent: `bee/${version}` });
  const database = connectDatabase({ url: databaseUrl });
  const project = createProjectReader(api, ref);
  const evidence = createEvidenceLog(database);
  const dumpDir = join(root, ".bee/dumps", name);
  const app = createAppGateway({ url, readKeys: () => project.readApiKeys() });
  return {
    name,
    ref,
    url,
    guarded,
    facts,
    flags: createAppFlags(database),
    reverter: createSchemaReverter(database),
    restorer: createBackupRestorer(api, ref),
    records: createRecordKeeper(database),
    dumpReader: createDumpReader({ run: runTool, dir: dumpDir, foreign: notDumped }),
    dumpRestorer: createDumpRestorer(database),
    lock: createDeployLock(database),
    openLoad: (sessions) =>
      createLoadDatabase(
        connectDatabase({ url: databaseUrl, applicationName: "bee loadtest", poolSize: sessions }),
      ),
    readAddress: async () => ({ ...toDumpAddress(databaseUrl), roots: await readRoots() }),
    evidence,
    cloud,
    ports: {
      project,
      app,
      migrations: createMigrationStore(database),
      functions: createFunctionHost(api, ref),
      secrets: createSecretStore(api, ref),
      ledger: createReleaseLedger(database),
      backups: createBackupKeeper(api, ref),
      dumps: createDumpKeeper({
        run: runTool,
        address: () => toDumpAddress(databaseUrl),
        roots: readRoots,
        readSource: () => readDumpSource(database),
        dir: dumpDir,
        now: systemClock.now,
      }),
      snapshots: createTableSnapshots(database),
      database: createDatabaseReader(database),
      isolation: createIsolationProver(database),
      evidence,
      settings: createProjectSettings(api, ref),
      logs: createProjectLogs(api, ref),
      push: {
        validate: async (...asked) =>
          (await import("../tools/fcm-credentials.ts")).createFcmCredentials().validate(...asked),
      },
      stability: createSentry(process.env),
      wire: createWire({ url }),
      repository: createGitRepository({ root, run: runTool }),
      pins: createTrafficPins(database),
      pinned: createPinnedTraffic(() => {
        if (cloud == null) throw new Error("without a cloud nothing is pinned");
        return cloud.openTraffic();
      }, systemClock),
    },
    close: async () => {
      await Promise.all([app.close(), database.close()]);
      api.close();
    },
  };
}
