import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

/** The project is up and its services answer (Management API, GET …/health). */
export const projectHealthy = defineGate({
  id: "project-healthy",
  title: "The project and its services are healthy",
  readOnly: true,
  needs: ["project"],
  check: async ({ ports, view }) => {
    const { status, ref } = view.actual.project;
    const services = await ports.project.readHealth();
    if (services.length === 0) return { kind: "inconclusive", reason: "the project reports no services" };
    const ill = services.filter(({ healthy }) => !healthy);
    const findings = [
      ...(status === "ACTIVE_HEALTHY"
        ? []
        : [
            finding(
              "project-healthy",
              ref,
              `the project is ${status}`,
              "Wait until it is ACTIVE_HEALTHY, or restore it.",
            ),
          ]),
      ...ill.map(({ name, error }) =>
        finding(
          "project-healthy",
          name,
          error ?? "not healthy",
          `See the logs of ${name}: bee local logs ${name}`,
        ),
      ),
    ];
    if (findings.length > 0) return { kind: "fail", findings };
    return { kind: "pass", evidence: { status, services: services.map(({ name }) => name) } };
  },
});
