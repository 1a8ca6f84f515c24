#!/usr/bin/env python3
"""A program with realmconf, with the standard library only: start it, read a
number, add one to it, and write it back without losing the changes of other
programs.

Usage: increment.py POINTER FLAG…       the flags choose the realm
       increment.py /retry/max_retries --realm demo --state-root /tmp/realms
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, TypedDict

# A value of JSON, as the module json returns it.
Json = Any


class Read(TypedDict):
    """The reply of config/get with a path."""

    generation: int
    path: str
    value: Json


class Written(TypedDict):
    """The reply of config/patch."""

    generation: int
    previous_generation: int
    changed: bool


class Refused(Exception):
    """A refusal. Programs branch on data["kind"] of an error of realmconf."""

    def __init__(self, message: str, data: dict[str, Json] | None = None) -> None:
        super().__init__(message)
        self.data: dict[str, Json] = data or {}


class Realmconf:
    """One server, with one request at a time."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        self.last_id = 0

    def get(self, path: str) -> Read:
        return self.call("config/get", path=path)

    def patch(self, patch: Json, expected_generation: int, reason: str) -> Written:
        return self.call(
            "config/patch", patch=patch, expected_generation=expected_generation, reason=reason
        )

    def call(self, method: str, **params: Json) -> Json:
        assert self.process.stdin is not None and self.process.stdout is not None
        self.last_id += 1
        request = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            reply = json.loads(line)
            if reply.get("id") != self.last_id:
                continue  # a notification
            if "error" in reply:
                raise Refused(reply["error"]["message"], reply["error"].get("data"))
            return reply["result"]
        raise EOFError("realmconf ended")

    def close(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait()


def merge_patch(pointer: str, value: Json) -> Json:
    """Returns the merge patch that sets the value at a JSON Pointer."""
    for token in reversed(pointer.split("/")[1:]):
        value = {token.replace("~1", "/").replace("~0", "~"): value}
    return value


def increment(server: Realmconf, pointer: str) -> int:
    read = server.get(pointer)
    while True:
        if type(read["value"]) is not int:
            raise Refused(pointer + " is not an integer")
        wanted = read["value"] + 1
        try:
            server.patch(merge_patch(pointer, wanted), read["generation"], "increment")
            return wanted
        except Refused as refused:
            if refused.data.get("kind") != "generation_conflict":
                raise
            # Another program was first. The new value depends on the old one, so
            # it must be computed again from the current one.
            read = server.get(pointer)
            assert read["generation"] >= refused.data["current"]


def main(arguments: list[str]) -> int:
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
