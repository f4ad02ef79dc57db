// Bundles each test with what it tests and hands them to Node's own test runner.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "limelight-web-"));
const tests = readdirSync(here("test")).filter((name) => name.endsWith(".test.ts"));

try {
  await build({
    entryPoints: tests.map((name) => here(`test/${name}`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    logLevel: "warning",
    sourcemap: "inline",
  });
  const bundles = tests.map((name) => join(folder, name.replace(/ts$/, "mjs")));
  const { status } = spawnSync(process.execPath, ["--test", "--test-reporter=spec", ...bundles], { stdio: "inherit" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
