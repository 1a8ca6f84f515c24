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
  console.error(`realmconf: the package ${name} is not installed: there is none for this platform, or npm left out optional dependencies (install without --omit=optional)`);
  process.exit(1);
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
