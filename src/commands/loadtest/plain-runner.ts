/** Runs outside programs that inherit nothing of bee's environment. */
export async function plainRunner() {
  const { createInvocationRunner } = await import("../../tools/invocation.ts");
  return createInvocationRunner({ env: {} });
}
