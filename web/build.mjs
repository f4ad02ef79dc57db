// Bundles the page into the package: one script and one style, the same bytes whenever it is run.
// `node build.mjs FOLDER` writes them elsewhere, to be compared.
import { build } from "esbuild";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const target = resolve(process.argv[2] ?? here("../src/limelight/web/static"));

await build({
  entryPoints: { page: here("src/page.ts"), style: here("src/style/page.css") },
  absWorkingDir: here("."),
  outdir: target,
  bundle: true,
  charset: "utf8",
  format: "iife",
  globalName: "Limelight",
  legalComments: "none",
  logLevel: "warning",
  minify: true,
  target: ["chrome111", "firefox121", "safari16.4"],
});
