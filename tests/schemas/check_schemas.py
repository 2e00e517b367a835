"""Holds what the program reads and writes against the published schemas.
Usage: check_schemas.py SOURCE_DIR DUOLEX"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import jsonschema
import yaml

top, duolex = pathlib.Path(sys.argv[1]), sys.argv[2]
passed = failed = 0


class Loader(yaml.SafeLoader):
    """YAML 1.2 as the dossier has it: a day is a text, and only true and false are yes and no."""


Loader.yaml_implicit_resolvers = {
    k: [(tag, regexp) for tag, regexp in v if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def schema(name):
    s = json.loads((top / "schemas" / name).read_text())
    jsonschema.Draft202012Validator.check_schema(s)
    return jsonschema.Draft202012Validator(s)


def check(what, good, errors):
    global passed, failed
    if good:
        passed += 1
        return
    failed += 1
    print(f"failed: {what}", *errors, sep="\n  ")


def valid(validator, instance, what):
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(instance)]
    check(what, not errors, errors[:5])


def invalid(validator, instance, what):
    check(f"{what} is not refused", not validator.is_valid(instance), [])


dossier, assessment = schema("dossier.schema.json"), schema("assessment.schema.json")
schema("answer.schema.json")
for folder in sorted((top / "examples").iterdir()):
    file = folder / "duolex.yaml"
    if not file.exists():
        continue
    content = yaml.load(file.read_text(), Loader)
    valid(dossier, content, f"{folder.name}/duolex.yaml")
    for change in ({"facts": {"no.such.fact": True}}, {"format": 2}, {"relases": []}, {"roles": [{"role": "king", "name": "x"}]}):
        invalid(dossier, {**copy.deepcopy(content), **change}, f"{folder.name} with {change}")
    if folder.name == "exam-scorer":  # its parts come with the demonstration
        continue
    for day in ("2024-01-01", "2026-11-24", "2029-01-01"):
        with tempfile.TemporaryDirectory() as out:
            run = subprocess.run([duolex, "assess", folder, "--out", pathlib.Path(out) / "report", "--as-of", day], capture_output=True)
            check(f"assess {folder.name} {day} ends with {run.returncode}", run.returncode < 3, [run.stderr.decode()])
            written = json.loads((pathlib.Path(out) / "report" / "assessment.json").read_text())
        valid(assessment, written, f"assessment of {folder.name} on {day}")
        for key in ("answer", "route", "law_texts"):
            invalid(assessment, {k: v for k, v in written.items() if k != key}, f"an assessment without {key}")
difference = schema("difference.schema.json")
cases = yaml.load((top / "tests/cli/cases/diff.yaml").read_text(), Loader)
with tempfile.TemporaryDirectory() as work:
    for name, content in cases["files"].items():
        (pathlib.Path(work) / name).parent.mkdir(exist_ok=True)
        (pathlib.Path(work) / name).write_text(content)
    valid(dossier, yaml.load(cases["files"]["d/duolex.yaml"], Loader), "the dossier of the diff cases")
    for releases in (("d@1.0", "d@1.1"), ("d@1.1", "d@1.2"), ("d",), ("d@1.3", "d@1.0")):
        run = subprocess.run([duolex, "diff", *releases, "--as-of", "2028-02-01", "--format", "json"], cwd=work, capture_output=True)
        check(f"diff {releases} ends with {run.returncode}", run.returncode < 3, [run.stderr.decode()])
        if run.returncode < 3:
            valid(difference, json.loads(run.stdout), f"difference of {releases}")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
