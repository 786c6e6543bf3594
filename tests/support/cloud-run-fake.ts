import { createVerify, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CloudJobsFake, createCloudJobsFake } from "./cloud-jobs-fake.ts";
import { readBody } from "./read-body.ts";

interface FakeShare {
  readonly type: string;
  readonly revision?: string;
  readonly percent?: number;
  readonly tag?: string;
}

interface FakeRevision {
  readonly name: string;
  readonly createTime: string;
  readonly deleteTime?: string;
  readonly conditions: readonly { type: string; state: string; message?: string }[];
}

interface FakeService {
  etag: number;
  labels: Record<string, string>;
  traffic: FakeShare[];
  statuses: FakeShare[];
  revisions: FakeRevision[];
  /** Reads until a change has come about. */
  pending: number;
  condition: { type: string; state: string; message?: string };
}

export interface CloudRunFake {
  readonly url: string;
  readonly project: string;
  readonly region: string;
  /** A service account's file whose key the fake knows. */
  readonly credentialsFile: string;
  readonly services: Map<string, FakeService>;
  /** `METHOD path?query` of every request. */
  readonly seen: string[];
  addService(name: string, revisions: readonly (readonly [name: string, ready: boolean])[]): FakeService;
  /** Jobs, and the buckets they mount. */
  readonly tasks: CloudJobsFake;
  /** Runs before each write, once: what somebody else does in between. */
  interfere: (() => void) | null;
  /** Answered to every request instead; null is healthy. */
  failure: { readonly status: number; readonly code: string; readonly message: string } | null;
  close(): Promise<void>;
}

const latest = { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 };
const enumNames = [
  ["TRAFFIC_TARGET_ALLOCATION_TYPE_UNSPECIFIED", ...allocation("LATEST", "REVISION")],
  ["STATE_UNSPECIFIED", ...conditions("PENDING", "RECONCILING", "FAILED", "SUCCEEDED")],
];

function allocation(...names: string[]): string[] {
  return names.map((name) => `TRAFFIC_TARGET_ALLOCATION_TYPE_${name}`);
}

function conditions(...names: string[]): string[] {
  return names.map((name) => `CONDITION_${name}`);
}

/** Cloud Run's Admin API v2 over REST on loopback: holds state, checks tokens, etags and masks, answers in pages of two. */
export async function startCloudRunFake(): Promise<CloudRunFake> {
  const project = "bee-test-project";
  const region = "us-central1";
  const parent = `/v2/projects/${project}/locations/${region}/services`;
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const publicPem = publicKey.export({ type: "spki", format: "pem" }).toString();
  const services = new Map<string, FakeService>();
  const seen: string[] = [];
  const tasks = await createCloudJobsFake(`projects/${project}/locations/${region}`);

  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://fake");
    const bytes = await readBody(request);
    const text = bytes.toString("utf8");
    seen.push(`${request.method} ${decodeURIComponent(request.url ?? "")}`);
    const reply = (status: number, body: unknown) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(typeof body === "string" ? body : JSON.stringify(body, (_, value) => encodeEnum(value)));
    };
    const refuse = (code: number, status: string, message: string) =>
      reply(code, { error: { code, status, message } });
    const signed = isSigned(request.headers.authorization ?? "", publicPem);
    const stored = url.pathname.includes("/storage/v1/");
    if (stored && request.headers.authorization == null) {
      const answer = await tasks.handle(request.method ?? "", url, bytes, true);
      if (answer != null) return reply(answer.status, answer.body);
    }
    if (!signed) {
      return refuse(401, "UNAUTHENTICATED", "the token is not signed by the service account");
    }
    if (fake.failure != null) return refuse(fake.failure.status, fake.failure.code, fake.failure.message);
    const answer = await tasks.handle(request.method ?? "", url, bytes, false);
    if (answer != null) return reply(answer.status, answer.body);
    const [name = "", sub] = url.pathname.slice(parent.length + 1).split("/");
    if (name === "") {
      return reply(
        200,
        page(url, [...services], "services", ([key, one]) => render(parent, key, one)),
      );
    }
    const service = services.get(name);
    if (service == null) return refuse(404, "NOT_FOUND", `Resource '${name}' was not found`);
    if (sub === "revisions") {
      return reply(
        200,
        page(url, service.revisions, "revisions", (one) => renderRevision(parent, name, one)),
      );
    }
    if (request.method === "GET") {
      if (service.pending > 0 && --service.pending === 0) service.statuses = service.traffic;
      return reply(200, render(parent, name, service));
    }
    const interfere = fake.interfere;
    fake.interfere = null;
    interfere?.();
    const sent = request.method === "PATCH" ? JSON.parse(text) : null;
    const etag = sent?.etag ?? url.searchParams.get("etag");
    if (etag != null && etag !== "" && etag !== `"${service.etag}"`) {
      return refuse(409, "ABORTED", `Conflict for resource '${name}': version does not match`);
    }
    if (request.method === "DELETE") services.delete(name);
    else {
      const mask = url.searchParams.get("updateMask");
      if (mask !== "traffic") service.labels = {};
      service.traffic = sent.traffic.map(decodeShare);
      service.etag += 1;
      service.pending = 2;
    }
    return reply(200, { name: `projects/${project}/locations/${region}/operations/o1`, done: false });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const dir = await mkdtemp(join(tmpdir(), "bee-cloud-run-"));
  const credentialsFile = join(dir, "account.json");
  const account = {
    type: "service_account",
    project_id: project,
    client_email: `bee@${project}.iam.gserviceaccount.com`,
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  await writeFile(credentialsFile, JSON.stringify(account), { mode: 0o600 });

  const fake: CloudRunFake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    project,
    region,
    credentialsFile,
    services,
    seen,
    tasks,
    interfere: null,
    failure: null,
    addService(name, revisions) {
      const service: FakeService = {
        etag: 1,
        labels: { team: "bee" },
        traffic: [latest],
        statuses: [latest],
        revisions: revisions.map(([revision, ready], index) => ({
          name: revision,
          createTime: `2026-01-0${index + 1}T00:00:00.5Z`,
          conditions: [
            {
              type: "Ready",
              state: ready ? "CONDITION_SUCCEEDED" : "CONDITION_FAILED",
              message: ready ? "" : "the container did not start",
            },
            { type: "Active", state: "CONDITION_FAILED" },
          ],
        })),
        pending: 0,
        condition: { type: "Ready", state: "CONDITION_SUCCEEDED" },
      };
      services.set(name, service);
      return service;
    },
    async close() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
      await tasks.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return fake;
}

function render(parent: string, name: string, service: FakeService) {
  const path = `${parent.slice("/v2/".length)}/${name}`;
  const ready = service.revisions.filter((one) => one.conditions[0]?.state === "CONDITION_SUCCEEDED");
  return {
    name: path,
    etag: `"${service.etag}"`,
    labels: service.labels,
    traffic: service.traffic,
    trafficStatuses: service.statuses,
    terminalCondition: service.condition,
    latestReadyRevision: `${path}/revisions/${ready.at(-1)?.name ?? ""}`,
    latestCreatedRevision: `${path}/revisions/${service.revisions.at(-1)?.name ?? ""}`,
    ...(service.pending > 0 ? { reconciling: true } : {}),
  };
}

function renderRevision(parent: string, service: string, revision: FakeRevision) {
  return { ...revision, name: `${parent.slice("/v2/".length)}/${service}/revisions/${revision.name}` };
}

function page<T>(url: URL, all: readonly T[], field: string, one: (item: T) => unknown) {
  const start = Number(url.searchParams.get("pageToken") ?? 0);
  const more = start + 2 < all.length;
  return {
    [field]: all.slice(start, start + 2).map(one),
    ...(more ? { nextPageToken: `${start + 2}` } : {}),
  };
}

/** As the server answers `$alt=json;enum-encoding=int`. */
function encodeEnum(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const names = enumNames.find((list) => list.includes(value));
  return names == null ? value : names.indexOf(value);
}

function decodeShare(share: FakeShare & { readonly type: string | number }): FakeShare {
  const type = typeof share.type === "number" ? (enumNames[0]?.[share.type] ?? "") : share.type;
  return { ...share, type };
}

/** A self-signed access token (google.aip.dev/auth/4111): what a service account's key gives. */
function isSigned(authorization: string, publicPem: string): boolean {
  const [head = "", payload = "", signature = ""] = authorization.replace(/^Bearer /, "").split(".");
  return createVerify("RSA-SHA256").update(`${head}.${payload}`).verify(publicPem, signature, "base64url");
}
