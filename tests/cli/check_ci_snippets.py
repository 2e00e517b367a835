"""The shell parts of packaging/ci, run as they stand, on a product that may go out and on products that may not.

check_ci_snippets.py PROGRAM SOURCE SCRATCH

The program and an index of advisories are at hand, so that neither the building nor the fetching of the snippets is tried here;
nor are the actions of GitHub and the runners of either.
"""
import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys

import yaml

program, source, scratch = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
shutil.rmtree(scratch, ignore_errors=True)
scratch.mkdir(parents=True)
made = subprocess.run([source / "tools/run-signing-example", "--work", scratch / "signing"], env={**os.environ, "DUOLEX": str(program)}, capture_output=True, text=True)
if made.returncode != 0:
    sys.exit(made.stdout + made.stderr)
product, index = scratch / "signing/feeder-scale", scratch / "signing/advisories-later.idx"


def github():
    job = yaml.safe_load((source / "packaging/ci/github.yml").read_text())["jobs"]["gate"]
    assert job["defaults"]["run"]["shell"] == "bash"
    return [s["run"] for s in job["steps"] if "run" in s]


def gitlab():
    return ["\n".join(yaml.safe_load((source / "packaging/ci/gitlab-ci.yml").read_text())["duolex"]["script"])]


def run(parts, change, given_index=index):
    """The exit status of the first part that fails, or 0, and what it said."""
    place = scratch / "job"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copytree(product, place / "product")
    shutil.copy(given_index, place / "advisories.idx")
    if change:
        change(place)
    env = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "GITHUB_PATH": str(place / "path"), "DUOLEX": "/nowhere", "DUOLEX_AT": "none"}
    for part in parts:
        p = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", part], cwd=place, env=env, capture_output=True, text=True)
        if p.returncode != 0:
            return p.returncode, p.stdout + p.stderr
    for name in ("gate.json", "gate.txt", "plan.html", "report/findings.sarif", "declaration/declaration.json"):
        assert (place / "gate" / name).exists(), name
    return 0, p.stdout + p.stderr


def edit(what, into, count=1):
    def change(place):
        file = place / "product/duolex.yaml"
        text = file.read_text()
        changed = re.sub(what, into, text, count=count, flags=re.M)
        assert changed != text, what
        file.write_text(changed)
    return change


def write(name, body):
    def change(place):
        (place / "product" / name).write_bytes(body)
    return change


def another_model(place):
    write("artefacts/1.1.0/visits.pkl", runs_code)(place)
    edit(r"artefacts/1\.1\.0/visits\.onnx, kind: model", "artefacts/1.1.0/visits.pkl, kind: model")(place)


class Runs:
    def __reduce__(self):
        return os.system, ("true",)


# A pickle that runs code when it is loaded, in place of the model.
runs_code = pickle.dumps(Runs())
advisory = scratch / "advisory.json"
advisory.write_text('{"id":"T-1","modified":"2027-01-02T03:04:05Z","affected":[{"package":{"ecosystem":"Debian:12","name":"openssl"},'
                    '"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.0.99-1"}]}]}]}')
vulnerable = scratch / "vulnerable.idx"
subprocess.run([program, "advisories", "build", source / "examples/feeder-scale/advisories", advisory, "--index", vulnerable], check=True, capture_output=True)

blockers = {
    "a fact that decides the route is not known": (edit(r"^  ai\.is_ai_system:\n    value: true", "  ai.is_ai_system:\n    value: null"), 1),
    "a contested reading without a choice": (edit(r"^readings:\n  A21: .*\n", ""), 1),
    "no sign-off of the classification": (edit(r"^  - of: classification\n(    .*\n)+", "", 0), 1),
    "a stale sign-off of the classification": (edit(r"^  gdpr\.personal_data: false", "  gdpr.personal_data: true"), 1),
    "a prohibited practice": (edit(r"^  ai\.art5\.social_scoring: false", "  ai.art5.social_scoring: true"), 1),
    "a requirement that is not met": (edit(r"^  cra\.annex_i_part_i_met: true", "  cra.annex_i_part_i_met: false"), 1),
    "a standard in full that is not cited": (edit(r"^  cra\.standards_applied: none", "  cra.standards_applied: full"), 1),
    "an item that is missing": (edit(r"^  file\.development: .*\n", ""), 1),
    "an item of the declaration that is waived": (edit(r"^items:\n", "items:\n  declaration.legislation: {not_applicable: it is none of theirs}\n"), 1),
    "no procedure that was carried out": (edit(r"^  procedure: module_a\n", ""), 1),
    "no signatory": (edit(r"^  signed_by: .*\n", ""), 1),
    "a control that is not done": (edit(r"^  cra\.secure_default: {status: done", "  cra.secure_default: {status: open"), 1),
    "a duty set aside that binds": (edit(r"^  cra\.conformity_assessment: .*", "  cra.conformity_assessment: {status: not_applicable, because: we would rather not}"), 1),
    "a Member State without its language": (edit(r"member_states: \[DE, FR\]", "member_states: [DE, FR, PL]"), 1),
    "no Member State": (edit(r"member_states: \[DE, FR\]", "member_states: []"), 1),
    "no test on record": (lambda place: shutil.rmtree(place / "product/ledger"), 1),
    "a change that nobody judged": (edit(r"^      judged:\n(        .*\n)+", ""), 1),
    "a change that one person signed": (edit(r"^  - of: change\n    by: Engineering\n(    .*\n)+", ""), 1),
    "another state than the one that was assessed": (write("artefacts/1.1.0/feeder.py", b"print('other')\n"), 1),
    "a change that cannot be seen": (edit(r"^      - {path: artefacts/1\.1\.0/feeder\.py, kind: software}\n", ""), 1),
    "a model file that runs code": (another_model, 1),
    "a ledger that was changed": (lambda place: write("ledger/log", (place / "product/ledger/log").read_bytes().replace(b"240 samples", b"241 samples"))(place), 65),
    "a dossier that cannot be read": (write("duolex.yaml", b"format: 1\nproduct: [\n"), 65),
    "a place that cannot be written": (lambda place: (place / "gate").write_text("a file stands here"), 73),
}

failures = []


def expect(name, parts, change, status, given_index=index):
    code, said = run(parts, change, given_index)
    if code != status:
        failures.append(f"{name}: exit status {code}, expected {status}\n{said[-1500:]}")


for name, parts in (("GitHub", github()), ("GitLab", gitlab())):
    expect(f"{name}: may go out", parts, None, 0)
    expect(f"{name}: a known vulnerability", parts, None, 1, vulnerable)
for name, (change, status) in blockers.items():
    expect(name, gitlab(), change, status)
print(f"{len(blockers) + 1} kinds of blockers, and one product that may go out, by the shell parts of two snippets")
sys.exit("\n".join(failures) or 0)
