import { stringify } from "yaml";
import { assembleTestRun, type OperatorRun, secretNameOf } from "../plan/load/k6-operator.ts";

/** For `kubectl apply -f -`, with what to do before and afterwards. */
export function renderManifest(run: OperatorRun): string {
  const { name, parallelism, settings } = run;
  const { plan } = settings;
  const secret = secretNameOf(run);
  const seconds = Math.ceil((plan.warmUpMs + plan.durationMs) / 1000) + 300;
  const told = [
    `Load on ${settings.url}: ${plan.scenario}, about ${plan.planned} calls, at most ${plan.rate} per second, from ${parallelism} runners.`,
    "",
    "Before: the tokens of test users, as a JSON list, and the project's publishable key.",
    `  kubectl create secret generic ${secret} --from-file=LOAD_TOKENS=tokens.json --from-literal=LOAD_KEY=…`,
    "",
    "Afterwards: finished does not mean passed, the exit codes of the runners tell.",
    `  kubectl wait testrun/${name} --for=jsonpath='{.status.stage}'=finished --timeout=${seconds}s`,
    `  kubectl get pods -l app=k6,k6_cr=${name},runner=true -o jsonpath='{range .items[*]}{.metadata.name}{" "}{.status.containerStatuses[0].state.terminated.exitCode}{"\\n"}{end}'`,
    `  0 from each of the ${parallelism}: passed. 99 from any: failed. Another one, or fewer lines: inconclusive.`,
    `  kubectl delete testrun/${name} configmap/${name} secret/${secret}`,
  ];
  const head = told.map((line) => `# ${line}`.trimEnd()).join("\n");
  const documents = assembleTestRun(run).map((one) => stringify(one, { lineWidth: 0 }));
  return `${head}\n---\n${documents.join("---\n")}`;
}
