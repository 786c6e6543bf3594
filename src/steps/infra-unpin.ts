import type { TrafficPin } from "../plan/traffic.ts";
import { defineStep } from "../ports/step.ts";

/**
 * Cloud Run keeps a rollback's traffic split through later deploys: without this step a mended service would stay
 * without requests (Cloud Run: "rollbacks, gradual rollouts, and traffic migration").
 */
export const infraUnpin = defineStep({
  id: "infra.unpin",
  title: "Unpin Cloud Run services",
  after: ["functions.activate"],
  needs: ["pins", "pinned"],
  plan: ({ actual }) => {
    if (actual.pins.length === 0) return null;
    return {
      summary: actual.pins.map(({ service }) => service).join(", "),
      items: actual.pins.map(({ service, revision }) => ({
        object: service,
        from: `pinned to ${revision}`,
        to: "the latest revision",
      })),
    };
  },
  apply: async ({ ports, fence, note, signal }) => {
    for (const pin of await ports.pins.read()) {
      const answer = await ports.pinned.unpin(pin, signal);
      if (answer !== "unpinned") note(describeLeft(pin, answer));
      // Last: a run that dies before it is repeated, and finds the traffic where it should be.
      await ports.pins.remove(pin.service, fence);
    }
  },
  verify: async ({ ports }) =>
    (await ports.pins.read()).map(({ service, revision }) => `${service} is still pinned to ${revision}`),
  undo: async ({ ports, view, fence, signal }) => {
    const told = await Promise.all(
      view.actual.pins.map(async (pin) => {
        const { service, revision } = pin;
        try {
          await ports.pins.keep([pin], fence);
          await ports.pinned.pin(pin, signal);
          return `${service} is pinned to ${revision} again`;
        } catch (error) {
          // The functions come next and matter more than where this one's requests go.
          const why = error instanceof Error ? error.message : String(error);
          return `${service} could not be pinned again (${why}): bee rollback infra --revision ${service}=${revision}`;
        }
      }),
    );
    return told.join("; ");
  },
});

function describeLeft({ service, revision }: TrafficPin, answer: "elsewhere" | "gone"): string {
  return answer === "gone"
    ? `${service} is gone; its pin to ${revision} is forgotten`
    : `${service} is not at ${revision} any more; its traffic was left as found and the pin forgotten`;
}
