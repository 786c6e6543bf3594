import { type K6Script, settingsOf } from "./k6-invocation.ts";

export interface OperatorRun {
  /** Also the name of all that is made. */
  readonly name: string;
  /** By digest. */
  readonly image: string;
  readonly parallelism: number;
  readonly settings: Omit<K6Script, "script">;
  /** One file: a ConfigMap has no folders. */
  readonly source: string;
}

/** Kubernetes refuses larger ones. */
export const mostSourceBytes = 1024 * 1024 - 16 * 1024;

const file = "script.js";

/** Of the users' tokens (LOAD_TOKENS, a JSON list) and the publishable key (LOAD_KEY). */
export function secretNameOf({ name }: Pick<OperatorRun, "name">): string {
  return `${name}-tokens`;
}

/**
 * A TestRun of the k6-operator (k6.io/v1alpha1) and the ConfigMap with its script. The operator gives each runner its
 * segment. It has no `cleanup`: that would take away the Jobs, whose exit codes are the verdict, when they end.
 */
export function assembleTestRun(run: OperatorRun): readonly object[] {
  const { name, image, parallelism, source } = run;
  const { LOAD_KEY: _secret, ...settings } = settingsOf({ ...run.settings, script: file });
  const env = { ...settings, LOAD_SHARDS: String(parallelism), K6_AUTO_EXTENSION_RESOLUTION: "false" };
  const metadata = { name, labels: { "app.kubernetes.io/managed-by": "bee" } };
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { [file]: source } },
    {
      apiVersion: "k6.io/v1alpha1",
      kind: "TestRun",
      metadata,
      spec: {
        parallelism,
        arguments: `--no-usage-report --tag run=${name}`,
        script: { configMap: { name, file } },
        runner: {
          image,
          automountServiceAccountToken: "false",
          env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
          envFrom: [{ secretRef: { name: secretNameOf(run) } }],
          resources: { requests: { cpu: "1", memory: "512Mi" }, limits: { memory: "2Gi" } },
        },
      },
    },
  ];
}
