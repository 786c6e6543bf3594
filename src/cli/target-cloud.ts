import type { ShardHost, TargetCloud } from "../commands/target.ts";
import type { Config, TargetName } from "../config/schema.ts";
import type { ServiceTraffic } from "../ports/service-traffic.ts";
import { createCloudRun } from "../tools/cloud-run.ts";
import { type CloudRunOptions, isLoopback } from "../tools/cloud-run-address.ts";
import { createCloudRunJobs } from "../tools/cloud-run-jobs.ts";
import { createCloudStorage, storageEndpointName } from "../tools/cloud-storage.ts";

type Gcp = NonNullable<NonNullable<Config["targets"][TargetName]>["gcp"]>;

const runEndpointName = "CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN";

/** Google Cloud as the configuration names it; credentials are looked for at first use, in the environment alone. */
export function findCloud(config: Config, name: TargetName, env: NodeJS.ProcessEnv): TargetCloud | null {
  const gcp = config.targets[name]?.gcp;
  if (gcp == null) return null;
  const { project, region, services } = gcp;
  // The local platform never reaches the real cloud, whatever the environment says.
  const own =
    "apiEndpoint" in gcp
      ? { [runEndpointName]: gcp.apiEndpoint, [storageEndpointName]: gcp.apiEndpoint }
      : env;
  let traffic: ServiceTraffic | null = null;
  return {
    project,
    region,
    services,
    openTraffic: () => {
      traffic ??= createCloudRun({ project, region, env: own });
      return traffic;
    },
    openShards: () => openShards(gcp, { project, region, env: own }),
  };
}

function openShards({ loadtest }: Gcp, options: CloudRunOptions): ShardHost | null {
  if (loadtest == null) return null;
  const { image, bucket, serviceAccount, cpu, memoryMiB, job: name, startAfter } = loadtest;
  const endpoint = options.env[runEndpointName]?.trim() ?? "";
  return {
    region: options.region,
    job: { name, image, command: ["node"], bucket, mountPath: "/bee", serviceAccount, cpu, memoryMiB },
    startDelayMs: startAfter * 1000,
    onLoopback: URL.canParse(endpoint) && isLoopback(new URL(endpoint)),
    jobs: createCloudRunJobs(options),
    store: createCloudStorage({ project: options.project, bucket, env: options.env }),
  };
}
