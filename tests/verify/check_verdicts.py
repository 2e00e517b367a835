"""Holds `duolex probe verify` against the published verdicts of other verifiers.
Usage: check_verdicts.py SUITE_FOLDER DUOLEX. A verdict that two of them agree on must not be contradicted; what is
decided within the time must be most of the twenty instances."""
import collections
import csv
import pathlib
import subprocess
import sys

suite, duolex = pathlib.Path(sys.argv[1]), sys.argv[2]
if not suite.is_dir():
    print("skipped: the verification benchmarks are not beside the project")
    sys.exit(77)

published = collections.defaultdict(collections.Counter)
for file in (suite / "results2022").glob("*.csv"):
    for row in csv.reader(file.open()):
        if len(row) > 4:
            published[row[0], pathlib.Path(row[1]).name, pathlib.Path(row[2]).name][row[4]] += 1


def there(path):
    return path if path.exists() else path.with_name(path.name + ".gz")


contradicted, decided, tried = [], 0, 0
for benchmark, every in (("acasxu", 15), ("rl_benchmarks", 40)):
    rows = list(csv.reader((suite / benchmark / "instances.csv").open()))
    for network, prop, _ in rows[::every]:
        tried += 1
        run = subprocess.run([duolex, "probe", "verify", there(suite / benchmark / network), there(suite / benchmark / prop),
                              "--timeout", "10", "--threads", "1"], capture_output=True, text=True)
        verdict = run.stdout.split("\n", 1)[0]
        agreed = published[benchmark, pathlib.Path(network).name, pathlib.Path(prop).name]
        other = {"sat": "unsat", "unsat": "sat"}.get(verdict)
        decided += other is not None
        if other is None and verdict not in ("timeout", "unknown") or other and agreed[other] >= 2:
            contradicted.append((network, prop, verdict, dict(agreed), run.stderr))
        if verdict == "sat" and "(X_0 " not in run.stdout:
            contradicted.append((network, prop, "sat without a counter-example"))
for c in contradicted:
    print("failed:", *c)
print(f"{decided} of {tried} decided within 10 s, {len(contradicted)} contradicted or without their counter-example")
sys.exit(bool(contradicted) or decided < tried - 3)
