// An editor extension with realmconf: start the program, read a section, watch it,
// change it, cancel a request, and end. vscode-jsonrpc sends Content-Length headers.
//
// It changes /rest/port some fifty times: use a realm made for it.
//
// Usage: npm ci && npm run build && node watch.js FLAG…       the flags choose the realm
//        node watch.js --realm demo --state-root /tmp/realms
//
// From Node 22.18 on, "node watch.ts" runs it without a build.

import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import rpc from "vscode-jsonrpc/node.js";

/** The reply of config/get with a path. */
interface Read<T> {
  generation: number;
  path: string;
  value: T;
}

/** A difference between two generations, as a JSON Pointer and what happened there. */
interface Change {
  op: "add" | "remove" | "replace";
  path: string;
  old?: unknown;
  new?: unknown;
}

/** The reply of config/patch. */
interface Written {
  generation: number;
  previous_generation: number;
  changed: boolean;
  changes?: Change[];
}

/** The reply of config/watch and config/unwatch. */
interface Watch {
  watching: boolean;
  generation: number;
}

/** The parameters of the notification config/changed. */
interface Changed {
  generation: number;
  previous_generation: number;
  own: boolean;
  changes: Change[];
  origins: { client?: string; reason?: string }[];
}

/** The data of an error: programs branch on kind. */
interface Refusal {
  kind: string;
  current?: number; // of a generation_conflict: the generation that is current
}

/** The section /rest, as far as this program uses it. */
interface Rest {
  port: number;
}

/** What a patch may name here: keys that are left out stay. */
interface Patch {
  rest?: Partial<Rest>;
  retry?: { max_retries?: number };
}

interface PatchParams {
  patch: Patch;
  expected_generation?: number;
  reason?: string;
}

const getRest = new rpc.RequestType<{ path: "/rest" }, Read<Rest>, Refusal>("config/get");
const getPort = new rpc.RequestType<{ path: "/rest/port" }, Read<number>, Refusal>("config/get");
const getAll = new rpc.RequestType<Record<string, never>, { generation: number }, Refusal>("config/get");
const patch = new rpc.RequestType<PatchParams, Written, Refusal>("config/patch");
const watch = new rpc.RequestType<{ path: string }, Watch, Refusal>("config/watch");
const unwatch = new rpc.RequestType<Record<string, never>, Watch, Refusal>("config/unwatch");
const changed = new rpc.NotificationType<Changed>("config/changed");

/** Queue returns its values in order, and waits for the next one if it is empty. */
class Queue<T> {
  #values: T[] = [];
  #waiting: ((value: T) => void)[] = [];

  put(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(value);
    else this.#values.push(value);
  }

  async take(): Promise<T> {
    const value = this.#values.shift();
    return value ?? new Promise((resolve) => this.#waiting.push(resolve));
  }
}

async function main(flags: string[]): Promise<void> {
  const server = spawn("realmconf", flags, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = new Promise<number | NodeJS.Signals | null>((resolve) =>
    server.on("exit", (code, signal) => resolve(code ?? signal)),
  );
  exited.then((code) => { process.exitCode = typeof code === "number" ? code : 1; }); // it has printed the reason
  const connection = rpc.createMessageConnection(
    new rpc.StreamMessageReader(server.stdout),
    new rpc.StreamMessageWriter(server.stdin),
  );
  const changes = new Queue<Changed>();
  connection.onNotification(changed, (params) => changes.put(params));
  connection.onError(([error]) => { throw error; });
  connection.listen();

  // Read a section, and watch its changes from now on.
  const rest = await connection.sendRequest(getRest, { path: "/rest" });
  const watching = await connection.sendRequest(watch, { path: "/rest" });
  assert.equal(watching.watching, true);
  assert.equal(watching.generation, rest.generation);

  // Change one key, on exactly the generation that was read.
  const port = rest.value.port + 1;
  const saved = await connection.sendRequest(patch, {
    patch: { rest: { port } },
    expected_generation: rest.generation,
    reason: "moved by the editor",
  });
  assert.equal(saved.changed, true);
  const own = await changes.take();
  assert.equal(own.own, true);
  assert.equal(own.previous_generation, rest.generation);
  assert.equal(own.generation, saved.generation);
  assert.equal(own.origins[0]?.reason, "moved by the editor");

  // The same change again is too late, and is refused.
  await assert.rejects(
    connection.sendRequest(patch, { patch: { rest: { port } }, expected_generation: rest.generation }),
    (error: unknown) => {
      assert.ok(error instanceof rpc.ResponseError);
      const { code, data } = error as rpc.ResponseError<Refusal>;
      return code === 1001 && data?.kind === "generation_conflict" && data.current === saved.generation;
    },
  );

  // A change of another part gives no notification.
  await connection.sendRequest(patch, { patch: { retry: { max_retries: 7 } } });
  await connection.sendRequest(patch, { patch: { rest: { port: port + 1 } } });
  const next = await changes.take();
  assert.deepEqual(next.changes.map((change) => change.path), ["/rest/port"]);

  // A cancelled request is still answered: with its result or with an error.
  const source = new rpc.CancellationTokenSource();
  const cancelled = connection.sendRequest(getAll, {}, source.token);
  source.cancel();
  await cancelled.then(
    (result) => assert.equal(result.generation, next.generation),
    (error: rpc.ResponseError<Refusal>) => assert.equal(error.code, -32800),
  );

  // Requests that are sent together take effect in their order.
  const burst: Promise<Read<number>>[] = [];
  for (let i = 0; i < 50; i++) {
    void connection.sendRequest(patch, { patch: { rest: { port: 10000 + i } } });
    burst.push(connection.sendRequest(getPort, { path: "/rest/port" }));
  }
  const replies = await Promise.all(burst);
  replies.forEach((reply, i) => assert.equal(reply.value, 10000 + i));
  const last = replies.at(-1)?.generation ?? 0;
  for (let known = next.generation; known < last;) {
    const change = await changes.take();
    assert.equal(change.previous_generation, known);
    known = change.generation;
  }

  assert.equal((await connection.sendRequest(unwatch, {})).watching, false);
  server.stdin.end();
  assert.equal(await exited, 0);
  console.log("all replies were right");
}

const flags = process.argv.slice(2);
if (!flags[0]?.startsWith("-")) {
  console.error("usage: watch.js FLAG…, for example node watch.js --realm demo --state-root /tmp/realms; it changes /rest/port of that realm");
  process.exit(2);
}
main(flags).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
