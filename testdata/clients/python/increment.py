#!/usr/bin/env python3
"""A program with realmconf, with the standard library only: start it, read a
number, add one to it, and write it back without losing the changes of other
programs.

Usage: increment.py POINTER FLAG…       the flags choose the realm
       increment.py /retry/max_retries --realm demo --state-root /tmp/realms
"""

import json
import subprocess
import sys


class Refused(Exception):
    """A refusal. Programs branch on data["kind"] of an error of realmconf."""

    def __init__(self, error):
        super().__init__(error["message"])
        self.data = error.get("data", {})


class Realmconf:
    """One server, with one request at a time."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.last_id = 0

    def call(self, method, **params):
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            reply = json.loads(line)
            if reply.get("id") != self.last_id:
                continue  # a notification
            if "error" in reply:
                raise Refused(reply["error"])
            return reply["result"]
        raise EOFError("realmconf ended")

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def patch(pointer, value):
    """Returns the merge patch that sets the value at a JSON Pointer."""
    for token in reversed(pointer.split("/")[1:]):
        value = {token.replace("~1", "/").replace("~0", "~"): value}
    return value


def increment(server, pointer):
    read = server.call("config/get", path=pointer)
    while True:
        if type(read["value"]) is not int:
            raise Refused({"message": pointer + " is not an integer"})
        wanted = read["value"] + 1
        try:
            server.call(
                "config/patch",
                patch=patch(pointer, wanted),
                expected_generation=read["generation"],
                reason="increment",
            )
            return wanted
        except Refused as refused:
            if refused.data.get("kind") != "generation_conflict":
                raise
            # Another program was first. The new value depends on the old one, so
            # it must be computed again from the current one.
            read = server.call("config/get", path=pointer)
            assert read["generation"] >= refused.data["current"]


def main(arguments):
    if not arguments or not arguments[0].startswith("/"):
        print(
            "usage: increment.py POINTER FLAG…, for example "
            "increment.py /retry/max_retries --realm demo --state-root /tmp/realms",
            file=sys.stderr,
        )
        return 2
    pointer, *flags = arguments
    server = Realmconf(["realmconf", *flags])
    try:
        print(increment(server, pointer))
    except Refused as refused:
        print("increment.py:", refused, file=sys.stderr)
        server.close()
        return 1
    except (EOFError, BrokenPipeError):
        return server.process.wait()  # it has printed the reason
    return server.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
