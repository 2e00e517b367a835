"""Holds what `duolex scan` writes against its own schema and against the schemas of the formats of others, and what it
reads as VEX against theirs. Usage: check_scan.py SOURCE_DIR DUOLEX"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
import jsonschema  # noqa: E402

top, duolex = pathlib.Path(sys.argv[1]), sys.argv[2]
suites = top / ".." / "shared" / "suites"
passed = failed = 0

bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79", "version": 1,
        "metadata": {"component": {"type": "application", "name": "app", "version": "1.0", "bom-ref": "r"}},
        "components": [{"type": "library", "name": "sharp", "version": "0.32.5", "bom-ref": "a", "purl": "pkg:npm/sharp@0.32.5"},
                       {"type": "library", "name": "sharp", "version": "latest", "bom-ref": "b", "purl": "pkg:npm/sharp@latest"},
                       {"type": "library", "name": "sharp", "version": "0.31.0", "bom-ref": "c", "purl": "pkg:npm/sharp@0.31.0"}]}
no_subject = {k: v for k, v in bill.items() if k not in ("metadata", "serialNumber")}
nothing = {**bill, "components": []}
openvex = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1", "author": "Example GmbH", "role": "maker", "timestamp": "2026-11-20T10:00:00Z",
           "last_updated": "2026-11-20T11:00:00Z", "version": 1, "tooling": "by hand",
           "statements": [{"@id": "https://example.org/vex/1#1", "version": 1, "vulnerability": {"@id": "https://example.org/x", "name": "CVE-2023-4863", "description": "d", "aliases": ["GHSA-54xq-cgqr-rpm3"]},
                           "timestamp": "2026-11-20T10:00:00Z", "last_updated": "2026-11-20T10:30:00Z", "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
                           "impact_statement": "no call", "status_notes": "n", "supplier": "s",
                           "products": [{"@id": "pkg:npm/sharp@0.32.5", "identifiers": {"purl": "pkg:npm/sharp@0.32.5", "cpe23": "cpe:2.3:a:x:y:1:*:*:*:*:*:*:*"}, "hashes": {"sha-256": "00"},
                                         "subcomponents": [{"@id": "pkg:npm/x@1", "hashes": {"md5": "00"}}]}, {"@id": "pkg:npm/sharp@0.32.5"}]},
                          {"vulnerability": {"name": "CVE-2023-4863"}, "status": "affected", "action_statement": "Update", "action_statement_timestamp": "2026-11-20T10:00:00Z",
                           "products": [{"@id": "pkg:npm/sharp@0.31.0"}]}]}
contradiction = {**openvex, "statements": [{**openvex["statements"][1], "timestamp": "2026-11-20T10:30:00Z", "products": [{"@id": "pkg:npm/sharp@0.32.5"}]}]}


def check(what, good, errors=()):
    global passed, failed
    if good:
        passed += 1
        return
    failed += 1
    print(f"failed: {what}", *errors, sep="\n  ")


def hold(validator, instance, what):
    errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(instance)]
    check(what, not errors, errors[:5])


def load(path):
    return json.loads(path.read_text())


def foreign(path, cls, *folders):
    """A validator for a schema that may refer to others of these folders."""
    schema, store = load(path), {}
    for folder in folders:
        for file in folder.rglob("*.json"):
            other = load(file)
            store[file.resolve().as_uri()] = other
            for key in ("$id", "id"):
                if isinstance(other, dict) and isinstance(other.get(key), str):
                    store[other[key]] = other
                    store[other[key].split("?")[0]] = other  # first.org names its editions behind one
    base = schema.get("$id") or schema.get("id") or path.resolve().as_uri()
    return cls(schema, resolver=jsonschema.RefResolver(base_uri=base, referrer=schema, store=store))


def scan(folder, name, *more):
    return subprocess.run([duolex, "scan", name, "--index", "a.idx", "--now", "2026-11-27T01:00:00+01:00", "--publisher", "Example GmbH", "--publisher-url", "https://example.org", *more],
                          capture_output=True, text=True, cwd=folder)


def mutants(document, path=()):
    """Each with one thing changed: left out, of another kind, empty, or with something beside it."""
    node = document
    for step in path:
        node = node[step]
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in list(children):
        for new in ("", "odd word", 7, -1, 1.5, None, True, [], {}, [""], [value, value]):
            if new == value and type(new) is type(value):
                continue
            changed = copy.deepcopy(document)
            at = changed
            for step in path:
                at = at[step]
            at[key] = new
            yield f"{'/'.join(map(str, path + (key,)))} = {new!r}"[:200], changed
        changed = copy.deepcopy(document)
        at = changed
        for step in path:
            at = at[step]
        del at[key]
        yield f"without {'/'.join(map(str, path + (key,)))}", changed
        yield from mutants(document, path + (key,))
    if isinstance(node, dict):
        changed = copy.deepcopy(document)
        at = changed
        for step in path:
            at = at[step]
        at["extra"] = 1
        yield f"{'/'.join(map(str, path))} with more", changed


moments = jsonschema.FormatChecker([])


@moments.checks("date-time")
def is_moment(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", value))


own = jsonschema.Draft202012Validator(load(top / "schemas" / "scan.schema.json"))
own.check_schema(own.schema)
there = suites.exists()
if there:
    csaf_folder = suites / "csaf" / "csaf_2.0"
    csaf = foreign(csaf_folder / "json_schema" / "csaf_json_schema.json", jsonschema.Draft202012Validator, csaf_folder / "referenced_schema")
    cyclonedx = foreign(suites / "cyclonedx" / "schema" / "bom-1.6.schema.json", jsonschema.Draft7Validator, suites / "cyclonedx" / "schema")
    their_openvex = jsonschema.Draft202012Validator(load(suites / "openvex" / "openvex_json_schema.json"))
    validators = {"sarif": foreign(suites / "sarif" / "sarif-2.1" / "schema" / "sarif-schema-2.1.0.json", jsonschema.Draft7Validator),
                  "csaf": csaf, "csaf-vex": csaf, "cyclonedx-vdr": cyclonedx, "cyclonedx-vex": cyclonedx, "openvex": their_openvex}
else:
    validators = {}
    print("not checked: SARIF, CSAF, CycloneDX and OpenVEX against their schemas, because ../shared/suites is not there")

with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    subprocess.run([duolex, "advisories", "build", top / "examples" / "exam-scorer" / "advisories", "--index", work / "a.idx"], check=True, capture_output=True)
    for name, content in (("bill", bill), ("no-subject", no_subject), ("nothing", nothing), ("vex", openvex), ("contradiction", contradiction)):
        (work / f"{name}.json").write_text(json.dumps(content, indent=1))
    for name in ("bill", "no-subject", "nothing"):
        for vex in ([], ["--vex", "vex.json"], ["--vex", "vex.json", "--vex", "contradiction.json"]):
            what = f"{name} {' '.join(vex)}"
            run = scan(folder, f"{name}.json", *vex, "--format", "json")
            answer = json.loads(run.stdout)
            hold(own, answer, f"scan of {what}")
            for key in ("findings", "vex", "checked"):
                check(f"a scan without {key} is not refused", not own.is_valid({k: v for k, v in answer.items() if k != key}))
            for finding in answer["findings"]:
                check("a finding of another status is not refused", not own.is_valid({**answer, "findings": [{**finding, "status": "fine"}]}))
            for form, validator in validators.items():
                run = scan(folder, f"{name}.json", *vex, "--format", form)
                if form == "openvex" and not answer["findings"]:
                    check(f"{form} of {what}: nothing is written where nothing can be stated", run.stdout == "" and "nothing to state" in run.stderr)
                    continue
                hold(validator, json.loads(run.stdout), f"{form} of {what}")
                check(f"{form} of {what} is the same again", scan(folder, f"{name}.json", *vex, "--format", form).stdout == run.stdout)
    if there:
        # What they refuse we refuse; besides, we do not take a reason or an action that is missing for a broken document.
        agreed = 0
        for what, changed in mutants(openvex):
            relaxed = copy.deepcopy(their_openvex.schema)
            del relaxed["properties"]["statements"]["items"]["allOf"]
            theirs = jsonschema.Draft202012Validator(relaxed, format_checker=moments).is_valid(changed)
            (work / "mutant.json").write_text(json.dumps(changed))
            run = subprocess.run([duolex, "scan", "bill.json", "--vex", "mutant.json"], capture_output=True, text=True, cwd=folder)
            ours = run.returncode != 65
            # Any text is a context to them; to us only theirs is.
            theirs = theirs and changed.get("@context", "").startswith("https://openvex.dev/ns")
            check(f"OpenVEX {what}: theirs {theirs}, ours {ours}", ours == theirs, [run.stderr[:300]])
            agreed += ours == theirs
        print(f"{agreed} changed OpenVEX documents judged as their schema judges them")
print(f"{passed} passed, {failed} failed")
sys.exit(failed != 0)
