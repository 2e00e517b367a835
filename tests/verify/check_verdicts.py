"""Holds `duolex probe verify` against the published verdicts of other verifiers.
Usage: check_verdicts.py SUITE_FOLDER DUOLEX. A verdict that two of them agree on must not be contradicted; what is
decided within the time must be most of the twenty instances. Every counter-example is computed again, without
rounding, by exact_network.py, and has to lie in the property's inputs and break it."""
import collections
import csv
import fractions
import pathlib
import re
import subprocess
import sys

import exact_network

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




def wrong_example(network, prop, printed):
    """Why a printed counter-example is none, or nothing."""
    values = {name: fractions.Fraction(number) for name, number in re.findall(r"\(([XY]_\d+) ([-+.\de]+)\)", printed)}
    x = [values[f"X_{i}"] for i in range(sum(name.startswith("X") for name in values))]
    y = exact_network.Network(network)(x)
    for i, exact in enumerate(y):
        if abs(exact - values[f"Y_{i}"]) > fractions.Fraction(1, 10**9) * (1 + abs(exact)):
            return f"Y_{i} is {float(exact)}, printed {float(values[f'Y_{i}'])}"
        values[f"Y_{i}"] = exact
    return "" if exact_network.holds(prop, values) else "the property holds there"


contradicted, decided, tried, recomputed = [], 0, 0, 0
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
        elif verdict == "sat":
            try:
                why = wrong_example(there(suite / benchmark / network), there(suite / benchmark / prop), run.stdout)
                recomputed += 1
                if why:
                    contradicted.append((network, prop, "no counter-example:", why))
            except NotImplementedError as lacking:
                print(f"{network}: its counter-example was not computed again: {lacking}")
for c in contradicted:
    print("failed:", *c)
print(f"{decided} of {tried} decided within 10 s, {len(contradicted)} contradicted or without their counter-example; "
      f"{recomputed} counter-examples computed again without rounding")
sys.exit(bool(contradicted) or recomputed == 0 or decided < tried - 3)
