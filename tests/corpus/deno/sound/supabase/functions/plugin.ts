Deno.writeTextFileSync(new URL("./plugin-was-run", import.meta.url), "");

export default {
  name: "plugin",
  rules: { always: { create: (context) => ({ Program: (node) => context.report({ node, message: "plugin" }) }) } },
};
