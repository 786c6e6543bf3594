import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";
import type { FunctionArtifact } from "../plan/deployed-function.ts";
import { sha256 } from "../plan/digest.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { isFinding, parseMigration } from "../plan/parse-migration.ts";
import type { View } from "../plan/view.ts";
import type { AppGateway } from "../ports/app-gateway.ts";
import type { Gate } from "../ports/gate.ts";
import { createMemoryBackups } from "../ports/memory/backups.ts";
import { createMemoryDeployLock } from "../ports/memory/deploy-lock.ts";
import { createMemoryEvidenceLog } from "../ports/memory/evidence-log.ts";
import { createMemoryFunctionHost } from "../ports/memory/function-host.ts";
import { createMemoryJournal } from "../ports/memory/journal.ts";
import { createMemoryMigrationStore } from "../ports/memory/migration-store.ts";
import { createMemoryProject } from "../ports/memory/project.ts";
import { createMemoryReleaseLedger } from "../ports/memory/release-ledger.ts";
import { createMemorySecretStore } from "../ports/memory/secret-store.ts";
import { createMemoryServiceTraffic } from "../ports/memory/service-traffic.ts";
import { createMemoryTableSnapshots } from "../ports/memory/table-snapshots.ts";
import { createMemoryTrafficPins } from "../ports/memory/traffic-pins.ts";
import { steps } from "../steps/index.ts";
import { systemClock } from "./clock.ts";
import type { DeployInput } from "./deploy-input.ts";
import { createPinnedTraffic } from "./pinned-traffic.ts";

export interface WorldChanges {
  readonly before?: Gate;
  readonly after?: Gate;
  readonly functions?: readonly FunctionArtifact[];
  readonly signal?: AbortSignal;
}

const nobody: AppGateway = {
  prepare: () => undefined,
  anonymous: () => refuse(),
  service: () => refuse(),
  createUser: async () => refuse(),
  removeUser: async () => refuse(),
  close: async () => undefined,
};

/** A target in memory and a project of two migrations, one secret and one function. */
export function createWorld({ failing }: { readonly failing?: string } = {}) {
  const failingVersions = new Set(failing == null ? [] : [failing]);
  const lock = createMemoryDeployLock();
  const migrations = createMemoryMigrationStore([], lock.isCurrent, (version) => {
    if (failingVersions.has(version)) throw brokenSql(version);
  });
  const functions = createMemoryFunctionHost();
  const secrets = createMemorySecretStore();
  const ledger = createMemoryReleaseLedger(lock.isCurrent);
  const backups = createMemoryBackups();
  const traffic = createMemoryServiceTraffic();
  const pins = createMemoryTrafficPins(lock.isCurrent);
  const project = createMemoryProject();
  const journal = createMemoryJournal();
  const sources = new Map([["hello", "export default 1;"]]);
  const secretValues = new Map([["API_TOKEN", new Secret("s3cret")]]);
  const files = [migration("20250101000000_one.sql"), migration("20250102000000_two.sql")];

  const readView = async (functionsWanted: readonly FunctionArtifact[]): Promise<View> => ({
    desired: {
      projectName: "world",
      migrations: files,
      functions: functionsWanted,
      secrets: [{ name: "API_TOKEN", sha256: sha256("s3cret") }],
    },
    actual: {
      project: await project.readProject(),
      history: await migrations.readHistory(),
      functions: await functions.list(),
      secretDigests: await secrets.readDigests(),
      backups: await backups.read(),
      release: (await ledger.readReleases(1))[0] ?? null,
      appTables: 0,
      pins: await pins.read(),
      snapshot: null,
      dump: null,
    },
  });

  return {
    lock,
    migrations,
    functions,
    ledger,
    traffic,
    pins,
    journal,
    failing: failingVersions,
    edit: (slug: string, source: string) => sources.set(slug, source),
    countWrites: () =>
      functions.state.writes.length +
      secrets.state.writes.length +
      ledger.state.releases.length +
      migrations.state.history.length,
    input(changes: WorldChanges = {}): DeployInput {
      const wanted = changes.functions ?? [...sources].map(([slug, source]) => artifact(slug, source));
      const gates = [changes.before, changes.after].filter((gate) => gate != null);
      const ids = (gate: Gate | undefined): readonly string[] => (gate == null ? [] : [gate.id]);
      return {
        run: "run",
        phase: {
          id: "phase1",
          title: "",
          gatesBefore: ids(changes.before),
          steps: steps.map(({ id }) => id),
          gatesAfter: ids(changes.after),
        },
        targetName: "local",
        steps,
        gates,
        ports: {
          migrations,
          functions,
          secrets,
          ledger,
          backups,
          dumps: { readSource: refuse, findObstacle: refuse, take: refuse, list: refuse },
          pins,
          pinned: createPinnedTraffic(() => traffic, systemClock),
          snapshots: createMemoryTableSnapshots(lock.isCurrent),
          project,
          app: nobody,
          database: { query: async () => [], rehearse: async () => refuse() },
          isolation: { prove: refuse, fingerprint: refuse },
          evidence: createMemoryEvidenceLog(),
          logs: { readFunctionCalls: refuse, readFunctionBoots: refuse, readRequests: refuse },
          push: { validate: refuse },
          stability: { readSessions: refuse },
          settings: { readAuth: refuse, readSslEnforced: refuse, readJwtSecret: refuse },
          wire: {
            address: { url: "http://127.0.0.1", isLoopback: true },
            readTls: refuse,
            readPlain: refuse,
            readHsts: refuse,
          },
          repository: { readFiles: refuse, readHistory: refuse, readPrivate: refuse },
        },
        lock,
        lockTtlMs: 60_000,
        journal,
        readView: () => readView(wanted),
        facts: {
          exposedSchemas: ["public"],
          probeRows: [],
          probeFunctions: {},
          migrationFindings: [],
          secretProblems: [],
        },
        secretValues,
        actor: "test@here pid 1",
        readRevision: async () => ({ gitSha: null, gitDirty: false }),
        tools: {},
        emit: () => undefined,
        clock: systemClock,
        signal: changes.signal ?? new AbortController().signal,
        confirm: async () => undefined,
        strict: false,
        onRefusal: "undo",
      };
    },
  };
}

function migration(name: string): MigrationFile {
  const parsed = parseMigration(`supabase/migrations/${name}`, Buffer.from("select 1;"));
  if (isFinding(parsed)) throw new Error(parsed.detail);
  return parsed;
}

function artifact(slug: string, source: string): FunctionArtifact {
  const bytes = Buffer.from(source);
  return { slug, bytes, sha256: sha256(bytes), verifyJwt: true };
}

function brokenSql(version: string): BeeError {
  return new BeeError({ code: "BEE-E301", message: `${version}: syntax error`, exit: exitCodes.usage });
}

function refuse(): never {
  throw new Error("this world has no app");
}
