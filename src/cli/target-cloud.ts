import type { TargetCloud } from "../commands/target.ts";
import type { Config, TargetName } from "../config/schema.ts";
import type { ServiceTraffic } from "../ports/service-traffic.ts";
import { createCloudRun } from "../tools/cloud-run.ts";

/** Google Cloud as the configuration names it; credentials are looked for at first use, in the environment alone. */
export function findCloud(config: Config, name: TargetName, env: NodeJS.ProcessEnv): TargetCloud | null {
  const gcp = config.targets[name]?.gcp;
  if (gcp == null) return null;
  const { project, region, services } = gcp;
  // The local platform never reaches the real cloud, whatever the environment says.
  const own = "apiEndpoint" in gcp ? { CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN: gcp.apiEndpoint } : env;
  let traffic: ServiceTraffic | null = null;
  return {
    project,
    region,
    services,
    openTraffic: () => {
      traffic ??= createCloudRun({ project, region, env: own });
      return traffic;
    },
  };
}
