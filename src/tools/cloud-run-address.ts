import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";

export interface CloudRunOptions {
  /** Google Cloud project id. */
  readonly project: string;
  /** Such as `us-central1`. */
  readonly region: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the client is made with: REST, so that HTTPS proxies are honoured. */
export interface CloudRunEndpoint {
  readonly parent: string;
  readonly client: {
    readonly fallback: true;
    readonly projectId: string;
    readonly apiEndpoint?: string;
    readonly port?: number;
    readonly protocol?: "http" | "https";
  };
}

const overrideName = "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN";

/** Honours gcloud's endpoint override. Throws BEE-E801 for names or an override that cannot be. */
export function readCloudRunAddress({ project, region, env }: CloudRunOptions): CloudRunEndpoint {
  if (!/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project)) {
    throw unusable(
      `"${project}" is no Google Cloud project id`,
      "Set GCP_PROJECT_ID: 6 to 30 lower-case letters, digits and dashes.",
    );
  }
  if (!/^[a-z]+-[a-z]+[0-9]+$/.test(region)) {
    throw unusable(`"${region}" is no Google Cloud region`, "Set GCP_REGION, such as us-central1.");
  }
  const parent = `projects/${project}/locations/${region}`;
  const base = { fallback: true, projectId: project } as const;
  const override = env[overrideName]?.trim() ?? "";
  return { parent, client: override === "" ? base : { ...base, ...parseOverride(override) } };
}

/** Where tokens may be sent: https, or http on loopback. Throws BEE-E801. */
export function parseSafeUrl(name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  const loopback = url != null && isLoopback(url);
  const safe = url?.protocol === "https:" || (url?.protocol === "http:" && loopback);
  if (url == null || !safe || url.username !== "" || !["", "/"].includes(url.pathname)) {
    throw unusable(
      `${name} must be https://host[:port]/, or http on loopback`,
      `Correct it, or: unset ${name}`,
    );
  }
  return url;
}

export function isLoopback({ hostname }: URL): boolean {
  return ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
}

function parseOverride(text: string) {
  const url = parseSafeUrl(overrideName, text);
  const protocol: "http" | "https" = url.protocol === "http:" ? "http" : "https";
  const port = url.port === "" ? { http: 80, https: 443 }[protocol] : Number(url.port);
  return { apiEndpoint: url.hostname, port, protocol };
}

function unusable(message: string, hint: string): BeeError {
  return new BeeError({
    code: "BEE-E801",
    message,
    detail: "Nothing was asked or changed.",
    hint,
    exit: exitCodes.usage,
  });
}
