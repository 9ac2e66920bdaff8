#!/usr/bin/env python3
"""layers.py - holds the built objects against the plan of the house, by the symbols that each defines and uses.

    layers.py [--circles=N] BUILD-DIR FOLDER...

- No circle of files within a folder: where file A uses what B defines, and so on until A is used again, something
  stands in the wrong file (a helper belongs into a file of its own below both).
- No circle of folders.
- No arrow from a folder to one whose include directory its library was not given.
- A header x_private.h is included by files x.c and x_*.c alone.

Each circle is printed with the symbols that make it; the exit code is 0 if there are none and no other fault, or as
many circles as --circles says (that this is found is tested with two files that need each other). With LAYERS_ARROWS=1
in the environment the folders and what they use are printed, too.
"""
import collections
import json
import os
import re
import subprocess
import sys


def compiled(build, folders):
    """(source, object, folders that may be included) of each C file below the folders."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as f:
        commands = json.load(f)
    for c in commands:
        source = os.path.normpath(os.path.join(c["directory"], c["file"]))
        source = os.path.relpath(source, os.path.join(build, top))
        output = os.path.join(c["directory"], c["output"])
        if source.endswith(".c") and any(source.startswith(f + "/") for f in folders) and os.path.exists(output):
            given = re.findall(r"-I(\S+)", c["command"])
            given = {os.path.relpath(os.path.join(c["directory"], d), os.path.join(build, top)) for d in given}
            yield source, output, given


def symbols(outputs):
    """What each object defines and what it uses of others, as nm says; asked once, since that is quick."""
    defined = {output: set() for output in outputs}
    used = {output: set() for output in outputs}
    said = subprocess.run(["nm", "-P", "-g", "-A", *outputs], check=True, capture_output=True, text=True).stdout
    for line in said.splitlines():
        output, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        (used if kind in "Uvw" else defined)[output].add(name)
    return defined, used


def circles(arrows):
    """Tarjan: the strongly connected components of more than one node."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(arrows[node]) if node in arrows else []:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            part = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(part) > 1:
                found.append(sorted(part))

    sys.setrecursionlimit(10000)
    for node in sorted(arrows):
        if node not in index:
            visit(node)
    return found


def tell(circle, arrows, what):
    print(f"circle of {what}: " + ", ".join(circle))
    for a in circle:
        for b in circle:
            if a != b and b in arrows[a]:
                print(f"    {a} -> {b}: " + ", ".join(sorted(arrows[a][b])))


def strange_headers(sources):
    """Private headers in files that they are not for."""
    for source in sources:
        for header in (source, source[:-1] + "h"):
            if not os.path.exists(os.path.join(build, top, header)):
                continue
            with open(os.path.join(build, top, header), encoding="utf-8") as f:
                for stem in re.findall(r'^#include "(\w+)_private\.h"', f.read(), re.M):
                    if not re.match(stem + r"(_\w+)?\.", os.path.basename(header)):
                        yield f"{header} includes {stem}_private.h"


expected = int(sys.argv.pop(1)[len("--circles="):]) if sys.argv[1].startswith("--circles=") else 0
build, folders = os.path.abspath(sys.argv[1]), sys.argv[2:]
top = os.path.relpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."), build)
objects = list(compiled(build, folders))
home, uses, granted = {}, {}, {}
defined, used = symbols([output for _, output, _ in objects])
for source, output, given in objects:
    uses[source] = used[output]
    granted[source] = given
    home.update((name, source) for name in defined[output] if name != "main")
arrows = collections.defaultdict(lambda: collections.defaultdict(set))
between = collections.defaultdict(lambda: collections.defaultdict(set))
faults = 0
for source, names in uses.items():
    for name in names:
        other = home.get(name)
        if not other or other == source:
            continue
        here, there = os.path.dirname(source), os.path.dirname(other)
        if here == there:
            arrows[source][other].add(name)
        else:
            between[here][there].add(name)
            if there not in granted[source]:
                print(f"{source} uses {name} of {other}, and was not given {there}")
                faults += 1
found = circles(arrows)
for circle in found:
    tell(circle, arrows, "files")
houses = circles(between)
for circle in houses:
    tell(circle, between, "folders")
strangers = sorted(set(strange_headers(uses)))
for line in strangers:
    print(line)
if os.environ.get("LAYERS_ARROWS"):
    for here in sorted(between):
        print(f"{here} -> " + " ".join(sorted(between[here])))
print(f"{len(uses)} files in {len({os.path.dirname(s) for s in uses})} folders: {len(found)} circles of files, "
      f"{len(houses)} of folders, {faults} arrows that are not granted, {len(strangers)} private headers abroad")
if not uses:
    print("no objects were found")
sys.exit(1 if len(found) != expected or houses or faults or strangers or not uses else 0)
