// An editor extension with realmconf, in JavaScript so that it runs without a
// build: start the program, read a section, watch it, change it, cancel a
// request, and end. vscode-jsonrpc sends Content-Length headers.
//
// Usage: node watch.js FLAG…       the flags choose the realm
//        node watch.js --realm demo --state-root /tmp/realms
"use strict";

const flags = process.argv.slice(2);
if (!flags[0]?.startsWith("-")) {
  console.error("usage: watch.js FLAG…, for example node watch.js --realm demo --state-root /tmp/realms");
  process.exit(2);
}

const { spawn } = require("node:child_process");
const { strict: assert } = require("node:assert");
const rpc = require("vscode-jsonrpc/node");

async function main() {
  const server = spawn("realmconf", flags, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise((resolve) => server.on("exit", (code, signal) => resolve(code ?? signal)));
  exited.then((code) => { process.exitCode = typeof code === "number" ? code : 1; }); // it has printed the reason
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  const changes = new Queue();
  connection.onNotification("config/changed", (params) => changes.put(params));
  connection.onError(([error]) => { throw error; });
  connection.listen();

  // Read a section, and watch its changes from now on.
  const rest = await connection.sendRequest("config/get", { path: "/rest" });
  const watch = await connection.sendRequest("config/watch", { path: "/rest" });
  assert.equal(watch.watching, true);
  assert.equal(watch.generation, rest.generation);

  // Change one key, on exactly the generation that was read.
  const port = rest.value.port + 1;
  const saved = await connection.sendRequest("config/patch", {
    patch: { rest: { port } },
    expected_generation: rest.generation,
    reason: "moved by the editor",
  });
  assert.equal(saved.changed, true);
  const own = await changes.take();
  assert.equal(own.own, true);
  assert.equal(own.previous_generation, rest.generation);
  assert.equal(own.generation, saved.generation);
  assert.equal(own.origins[0].reason, "moved by the editor");

  // The same change again is too late, and is refused.
  await assert.rejects(
    connection.sendRequest("config/patch", { patch: { rest: { port } }, expected_generation: rest.generation }),
    (error) => error instanceof rpc.ResponseError && error.code === 1001 && error.data.current === saved.generation,
  );

  // A change of another part gives no notification.
  await connection.sendRequest("config/patch", { patch: { retry: { max_retries: 7 } } });
  await connection.sendRequest("config/patch", { patch: { rest: { port: port + 1 } } });
  const next = await changes.take();
  assert.deepEqual(next.changes.map((change) => change.path), ["/rest/port"]);

  // A cancelled request is still answered: with its result or with an error.
  const source = new rpc.CancellationTokenSource();
  const cancelled = connection.sendRequest("config/get", {}, source.token);
  source.cancel();
  await cancelled.then(
    (result) => assert.equal(result.generation, next.generation),
    (error) => assert.equal(error.code, -32800),
  );

  // Requests that are sent together take effect in their order.
  const burst = [];
  for (let i = 0; i < 50; i++) {
    burst.push(connection.sendRequest("config/patch", { patch: { rest: { port: 10000 + i } } }));
    burst.push(connection.sendRequest("config/get", { path: "/rest/port" }));
  }
  const replies = await Promise.all(burst);
  replies.forEach((reply, i) => {
    if (i % 2 === 1) assert.equal(reply.value, 10000 + (i - 1) / 2);
  });
  for (let known = next.generation; known < replies.at(-1).generation;) {
    const change = await changes.take();
    assert.equal(change.previous_generation, known);
    known = change.generation;
  }

  assert.equal((await connection.sendRequest("config/unwatch")).watching, false);
  server.stdin.end();
  assert.equal(await exited, 0);
  console.log("all replies were right");
}

// Queue returns its values in order, and waits for the next one if it is empty.
class Queue {
  #values = [];
  #waiting = [];
  put(value) {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(value);
    else this.#values.push(value);
  }
  take() {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift());
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
