// What an editor extension does with realmconf, in JavaScript so that it runs
// as it is: start the program, read a section, watch it, change it, give a
// request up, and leave. vscode-jsonrpc speaks with Content-Length headers.
//
// Usage: node watch.js FLAG…       the flags say which realm
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
  exited.then((code) => { process.exitCode = typeof code === "number" ? code : 1; }); // it has said why
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  const changes = new Queue();
  connection.onNotification("config/changed", (params) => changes.put(params));
  connection.onError(([error]) => { throw error; });
  connection.listen();

  // Read, and be told of what changes from now on.
  const rest = await connection.sendRequest("config/get", { path: "/rest" });
  const watch = await connection.sendRequest("config/watch", { path: "/rest" });
  assert.equal(watch.watching, true);
  assert.equal(watch.generation, rest.generation);

  // Change one key, on exactly what was read.
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

  // The same again comes too late, and says so.
  await assert.rejects(
    connection.sendRequest("config/patch", { patch: { rest: { port } }, expected_generation: rest.generation }),
    (error) => error instanceof rpc.ResponseError && error.code === 1001 && error.data.current === saved.generation,
  );

  // What another part is made of is not told here.
  await connection.sendRequest("config/patch", { patch: { retry: { max_retries: 7 } } });
  await connection.sendRequest("config/patch", { patch: { rest: { port: port + 1 } } });
  const next = await changes.take();
  assert.deepEqual(next.changes.map((change) => change.path), ["/rest/port"]);

  // A request that is given up is answered all the same, one way or the other.
  const source = new rpc.CancellationTokenSource();
  const given = connection.sendRequest("config/get", {}, source.token);
  source.cancel();
  await given.then(
    (result) => assert.equal(result.generation, next.generation),
    (error) => assert.equal(error.code, -32800),
  );

  // Bursts keep their order.
  const burst = [];
  for (let i = 0; i < 50; i++) {
    burst.push(connection.sendRequest("config/patch", { patch: { rest: { port: 10000 + i } } }));
    burst.push(connection.sendRequest("config/get", { path: "/rest/port" }));
  }
  const answers = await Promise.all(burst);
  answers.forEach((answer, i) => {
    if (i % 2 === 1) assert.equal(answer.value, 10000 + (i - 1) / 2);
  });
  for (let told = next.generation; told < answers.at(-1).generation;) {
    const change = await changes.take();
    assert.equal(change.previous_generation, told);
    told = change.generation;
  }

  assert.equal((await connection.sendRequest("config/unwatch")).watching, false);
  server.stdin.end();
  assert.equal(await exited, 0);
  console.log("all answers were right");
}

// Queue hands out what was put into it, in order, to whoever waits.
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
