#!/usr/bin/env node
// Starts the program of this platform, which npm has installed as an optional
// dependency, with the same arguments, streams and exit code.
"use strict";

const { spawn } = require("node:child_process");

const name = `realmconf-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "realmconf.exe" : "realmconf";
let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(`realmconf: ${explainMissing(require("../package.json"))}`);
  process.exit(1);
}

// explainMissing says why the package of the platform is missing, and what to do.
function explainMissing({ version, optionalDependencies }) {
  if (!(name in optionalDependencies)) {
    const platforms = Object.keys(optionalDependencies).map((other) => other.slice("realmconf-".length));
    return `there is no package ${name}: npm has realmconf for ${platforms.join(", ")}; elsewhere build it from its source, with Go`;
  }
  return `the package ${name} is not installed: npm leaves out optional dependencies when it is told to (--omit=optional), and those of other platforms when it made node_modules or the lock file elsewhere; run npm install --include=optional, or npm install ${name}@${version} (with -g if realmconf is global)`;
}

const child = spawn(program, process.argv.slice(2), { stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
child.on("error", (error) => {
  console.error(`realmconf: ${program} cannot be started: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal ? 1 : code));
