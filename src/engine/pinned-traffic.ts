import { assemblePinning } from "../plan/assemble-traffic.ts";
import type { PinnedTraffic } from "../ports/pinned-traffic.ts";
import type { ServiceTraffic } from "../ports/service-traffic.ts";
import type { Clock } from "./clock.ts";
import { shiftTraffic, unpinTraffic } from "./shift-traffic.ts";

/** `open` is called at first use: a project without Google Cloud never needs it. */
export function createPinnedTraffic(open: () => ServiceTraffic, clock: Clock): PinnedTraffic {
  return {
    async unpin(pin, signal) {
      const traffic = open();
      if ((await traffic.readService(pin.service)) == null) return "gone";
      return (await unpinTraffic({ traffic, clock, signal }, pin)) == null ? "elsewhere" : "unpinned";
    },
    async pin(pin, signal) {
      const traffic = open();
      const live = await traffic.readService(pin.service);
      if (live != null) await shiftTraffic({ traffic, clock, signal }, assemblePinning(live, pin.revision));
    },
    async assertReachable(pins) {
      const traffic = open();
      await Promise.all(pins.map(({ service }) => traffic.readService(service)));
    },
  };
}
