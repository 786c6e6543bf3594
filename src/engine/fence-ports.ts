import type { StepPorts } from "../ports/step.ts";

/**
 * The database refuses writes of a lease that was lost by itself. What goes to the Management API or to Google Cloud
 * it cannot refuse, so those writes ask first: a holder that slept past its time must not activate anything over the next one's work.
 */
export function fencePorts<Ports extends StepPorts>(ports: Ports, assertHeld: () => Promise<void>): Ports {
  const { functions, secrets, backups, pinned } = ports;
  return {
    ...ports,
    functions: {
      ...functions,
      activate: async (staged) => {
        await assertHeld();
        await functions.activate(staged);
      },
      remove: async (slug) => {
        await assertHeld();
        await functions.remove(slug);
      },
    },
    secrets: {
      ...secrets,
      set: async (values) => {
        await assertHeld();
        await secrets.set(values);
      },
      unset: async (names) => {
        await assertHeld();
        await secrets.unset(names);
      },
    },
    backups: {
      ...backups,
      create: async (name) => {
        await assertHeld();
        return backups.create(name);
      },
    },
    pinned: {
      ...pinned,
      unpin: async (pin, signal) => {
        await assertHeld();
        return pinned.unpin(pin, signal);
      },
      pin: async (pin, signal) => {
        await assertHeld();
        await pinned.pin(pin, signal);
      },
    },
  };
}
