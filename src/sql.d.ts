/** SQL files are imported as text (esbuild's text loader; a plugin of the same name in vitest.config.ts). */
declare module "*.sql" {
  const text: string;
  export default text;
}
