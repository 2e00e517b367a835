#!/usr/bin/env python3
"""How many properties of a VNN-COMP benchmark `duolex probe verify` decides within a timeout, one after the other, and in
which time; none may contradict a verdict that two of the published tools agree on. Processor time is printed beside
the clock's, since others may use the machine. Exit 1 when a verdict is contradicted.

  verify_benchmark.py DUOLEX SUITE_FOLDER BENCHMARK TIMEOUT [EVERY]    every N-th instance; 1: all"""
import collections
import csv
import pathlib
import resource
import subprocess
import sys
import time

duolex, suite, benchmark, timeout = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3], sys.argv[4]
every = int(sys.argv[5]) if len(sys.argv) > 5 else 1
if not suite.is_dir():
    print("not run: the suite is not there")
    sys.exit(77)

published = collections.defaultdict(collections.Counter)
for file in (suite / "results2022").glob("*.csv"):
    for row in csv.reader(file.open()):
        if len(row) > 4 and row[0] == benchmark:
            published[pathlib.Path(row[1]).name, pathlib.Path(row[2]).name][row[4]] += 1


def there(name):
    path = suite / benchmark / name
    return path if path.exists() else path.with_name(path.name + ".gz")


def used():
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime


counts, wall, processor, slowest, contradicted = collections.Counter(), 0.0, 0.0, 0.0, []
for network, prop, _ in list(csv.reader((suite / benchmark / "instances.csv").open()))[::every]:
    begun, before = time.monotonic(), used()
    run = subprocess.run([duolex, "probe", "verify", there(network), there(prop), "--timeout", timeout, "--threads", "2"], capture_output=True, text=True)
    took, verdict = time.monotonic() - begun, run.stdout.split("\n", 1)[0]
    counts[verdict if verdict in ("sat", "unsat", "timeout") else "other"] += 1
    if verdict in ("sat", "unsat"):
        wall, processor, slowest = wall + took, processor + used() - before, max(slowest, took)
        if published[pathlib.Path(network).name, pathlib.Path(prop).name][{"sat": "unsat", "unsat": "sat"}[verdict]] >= 2:
            contradicted.append((network, prop, verdict))
    else:
        print(verdict or run.stderr.strip(), network, prop)
decided = counts["sat"] + counts["unsat"]
print(f"{benchmark}: {decided} of {sum(counts.values())} decided ({counts['sat']} sat, {counts['unsat']} unsat), {counts['timeout']} timeouts, {counts['other']} other")
print(f"  the decided: {wall:.1f} s by the clock, {processor:.1f} s of processor, the slowest {slowest:.1f} s; contradicted: {len(contradicted)}")
for one in contradicted:
    print("  contradicted:", *one)
sys.exit(bool(contradicted))
