"""Every thing that stands against the release of a fixed dossier is in findings.sarif, with rule, message, provision and place in
duolex.yaml, and in summary.txt. What is expected is written here by hand; that nothing is lost is held against what `declare` lists.
Usage: check_blockers.py SOURCE_DIR DUOLEX"""
import json
import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore", category=DeprecationWarning)
import jsonschema  # noqa: E402

top, duolex = pathlib.Path(sys.argv[1]), sys.argv[2]
day = "2027-06-01"  # A21 is contested until the day from which the CRA applies
passed, failures = 0, []


def check(what, good, *more):
    global passed
    if good:
        passed += 1
    else:
        failures.append("\n  ".join([what, *map(str, more)]))


schema_file = top / ".." / "shared" / "suites" / "sarif" / "sarif-2.1" / "schema" / "sarif-schema-2.1.0.json"
validator = jsonschema.Draft7Validator(json.loads(schema_file.read_text())) if schema_file.exists() else None
if validator is None:
    print("not tested: the SARIF schema, which does not stand beside the project; the required properties are looked at all the same")


class Runs:
    def __reduce__(self):
        return os.system, ("true",)


def change(text, what, into, count=1):
    changed = re.sub(what, into, text, count=count, flags=re.M)
    assert changed != text, what
    return changed


def lacking(text):
    for what, into in [
            (r"^  cra\.annex_i_part_i_met: true", "  cra.annex_i_part_i_met: null"),
            (r"^  cra\.annex_i_part_ii_met: true", "  cra.annex_i_part_ii_met: false"),
            (r"^  cra\.standards_applied: none", "  cra.standards_applied: full"),
            (r"^  ai\.art5\.social_scoring: false", "  ai.art5.social_scoring: true"),
            (r"^readings:\n  A21: .*\n", ""),
            (r"^  file\.development: .*\n", ""),
            (r"^items:\n", "items:\n  declaration.legislation: {not_applicable: it is none of theirs}\n"),
            (r"^  cra\.secure_default: \{status: done", "  cra.secure_default: {status: open"),
            (r"^  cra\.conformity_assessment: .*", "  cra.conformity_assessment: {status: not_applicable, because: we would rather not}"),
            (r"member_states: \[DE, FR\]", "member_states: [DE, FR, PL, XX]"),
            (r"^  signed_by: .*\n", ""),
            (r"^  procedure: module_a\n", ""),
            (r"artefacts/1\.0\.0/visits\.onnx, kind: model", "artefacts/1.0.0/visits.pkl, kind: model")]:
        text = change(text, what, into)
    return text


def open_(text):
    text = change(text, r"^  ai\.is_ai_system:\n    value: true", "  ai.is_ai_system:\n    value: null")
    return change(text, r"member_states: \[DE, FR\]", "member_states: []")


# Of the message, of the provisions, the level, and what its line in duolex.yaml begins with; "": it speaks nowhere of it.
cases = {
    "lacking": (lacking, [
        ("A21 is contested and no reading is recorded: Record a choice", None, "error", ""),
        ("The classification is not signed off (none): A named person signs it off", None, "error", ""),
        ("A prohibited practice is met: ", "AIA/art/5/1", "error", ""),
        ("A model file runs code when it is loaded: artefacts/1.0.0/visits.pkl", "AIA/art/15/5", "error", ""),
        ("Known vulnerabilities were not looked for: ", "CRA/anx/I/PartI/2/a", "warning", ""),
        ("It is not known. Meet it, and answer cra.annex_i_part_i_met", "CRA/anx/I/PartI", "warning", "  cra.annex_i_part_i_met:"),
        ("No. Meet it, and answer cra.annex_i_part_ii_met", "CRA/anx/I/PartII", "error", "  cra.annex_i_part_ii_met:"),
        ("cra.standards_applied is full, and the dossier names no standard", "CRA/art/27/1", "error", "  cra.standards_applied:"),
        ("is left out of the declaration: Remove items.declaration.legislation", "CRA/anx/V/5", "error", "  declaration.legislation:"),
        ("is missing in the technical_file: Give it, or say why it does not apply, under items.file.development", "CRA/anx/VII/2/a", "error", ""),
        ("is missing in the declaration: Name the procedure that was carried out under declaration.procedure", "CRA/anx/V/7", "error", ""),
        ("is missing in the declaration: Give it, or say why it does not apply, under items.declaration.signature", "CRA/anx/V/8", "error", ""),
        ("Do it, and record it with its evidence under controls.cra.secure_default", "CRA/anx/I/PartI/2/b", "error", "  cra.secure_default:"),
        ("Do it, or remove controls.cra.conformity_assessment from the dossier", "CRA/art/13/12/#1", "error", "  cra.conformity_assessment:"),
        ("The documents are in no official language of PL ('pl')", "CRA/art/28/2", "error", ""),
        ("'XX' is no Member State", "CRA/art/28/2", "error", ""),
    ]),
    "open": (open_, [
        ("A test on record failed: a look at what failed (leaf 0: failed): Close what it found", None, "error", ""),
        ("The AI Act covers the system is undecided: Answer ai.is_ai_system", None, "warning", "  ai.is_ai_system:"),
        ("It is not said in which Member States the product is supplied", "CRA/art/28/2", "error", ""),
    ]),
    "outside": (None, []),
}

with tempfile.TemporaryDirectory() as scratch:
    for name, (edit, expected) in cases.items():
        dossier, report = pathlib.Path(scratch) / name, pathlib.Path(scratch) / (name + "-report")
        shutil.copytree(top / "examples" / ("feeder-scale" if edit else "soil-gauge"), dossier)
        file = dossier / "duolex.yaml"
        if edit:
            file.write_text(edit(file.read_text()))
            (dossier / "artefacts/1.0.0/visits.pkl").write_bytes(pickle.dumps(Runs()))
            for outcome in ("failed", "passed"):
                subprocess.run([duolex, "evidence", "add", dossier, "--shows", f"a look at what {outcome}", "--outcome", outcome], check=True, capture_output=True)
        lines = file.read_text().splitlines()
        subprocess.run([duolex, "assess", dossier, "--out", report, "--as-of", day], capture_output=True)
        log = json.loads((report / "findings.sarif").read_text())
        summary = " ".join((report / "summary.txt").read_text().split())
        said = subprocess.run([duolex, "declare", dossier, "--as-of", day, "--out", scratch + "/none", "--format", "json"], capture_output=True, text=True)
        blockers = json.loads(said.stdout)["blockers"]
        if not json.loads(said.stdout)["asked"]:
            blockers = blockers[1:]  # the first says that none is asked

        if validator:
            errors = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in validator.iter_errors(log)]
            check(f"{name}: the SARIF schema", not errors, *errors[:5])
        run = log["runs"][0]
        check(f"{name}: version and tool", log["version"] == "2.1.0" and len(log["runs"]) == 1 and run["tool"]["driver"]["name"] == "duolex", run["tool"]["driver"]["name"])
        rules = run["tool"]["driver"]["rules"]
        check(f"{name}: each rule once", len({r["id"] for r in rules}) == len(rules))
        for r in run["results"]:
            check(f"{name}: rule, level and fingerprint of {r['message']['text'][:60]}",
                  rules[r["ruleIndex"]]["id"] == r["ruleId"] and r["level"] in ("error", "warning", "note") and r["partialFingerprints"]["duolex/1"], r)
            place = r["locations"][0]["physicalLocation"]
            check(f"{name}: a place in duolex.yaml", place["artifactLocation"]["uri"] == "duolex.yaml" and 1 <= place["region"]["startLine"] <= len(lines), place)
        points = [r for r in run["results"] if r["ruleId"] == "open-point"]
        check(f"{name}: fingerprints differ", len({r["partialFingerprints"]["duolex/1"] for r in points}) == len(points))

        # Nothing of what stands against the release is lost, and nothing is there besides.
        texts = [r["message"]["text"] for r in points]
        check(f"{name}: as many as declare lists", len(points) == len(blockers), len(points), len(blockers))
        for b, r in zip(blockers, points):
            both = b["what"] + (" " if b["what"].endswith(".") else ": ") + b["close"]
            check(f"{name}: in SARIF: {both}", r["message"]["text"].startswith(both) and r.get("properties", {}).get("provisions", []) == b["cites"]
                  and r["level"] == ("warning" if b["undecided"] else "error"), r)
            check(f"{name}: in summary.txt: {both}", " ".join(("- " + both).split()) in summary)

        # What is expected, by hand.
        for message, provision, level, line in expected:
            found = [r for r in points if message in r["message"]["text"]]
            check(f"{name}: one result: {message}", len(found) == 1, *texts)
            for r in found:
                check(f"{name}: provision of: {message}", provision is None or provision in r["properties"]["provisions"], r.get("properties"))
                check(f"{name}: level of: {message}", r["level"] == level, r["level"])
                at = r["locations"][0]["physicalLocation"]["region"]["startLine"]
                check(f"{name}: line of: {message}", lines[at - 1].startswith(line) if line else at == 1, at, lines[at - 1])
            check(f"{name}: in summary.txt: {message}", " ".join(message.split()) in summary)
        if not edit:
            check("outside: nothing stands against it", not points and "neither act reaches this product" in summary, *texts)

print(f"{passed} passed, {len(failures)} failed")
print(*failures, sep="\n")
sys.exit(bool(failures))
