"""The commands of the README as they stand there, in order, in a folder that has the project's files and things of the names
they speak of; and of every page, that each command and option it names exists.

check_readme.py PROGRAM SOURCE SCRATCH

Not tried here: what needs the network (advisories update, the audio example), and the two that have tests of their own (law check and
law diff by the solver, the signing example). Of a command that the table below does not know, only that the program takes its words.
"""
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import yaml

program, source, scratch = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(sys.argv[3])
shutil.rmtree(scratch, ignore_errors=True)
scratch.mkdir(parents=True)
failures = []

# --- every page: commands and options exist ---


@functools.lru_cache(None)
def help_of(words):
    p = subprocess.run([program, *words, "--help"], capture_output=True, text=True)
    return p.stdout if p.returncode == 0 else ""


@functools.lru_cache(None)
def subcommands(words):
    listed = re.search(r"^Subcommands:\n(.*)", help_of(words), re.M | re.S)
    return set(re.findall(r"^  ([a-z][a-z-]*)", listed[1], re.M)) if listed else set()


def look_at(text, where):
    seen = 0
    for found in re.finditer(r"(?:^ {4,}|[`&] ?|\*  )(?:build/)?duolex ([a-z][a-z-]*)\b([^`\n]*)", text, re.M):
        line, words, rest = text.count("\n", 0, found.start(1)) + 1, (found[1],), re.split(r" #|&&|…", found[2])[0]
        if words[0] not in subcommands(()):
            if not found[1] in ("ledger", "commitment"):  # what a leaf of the ledger begins with
                failures.append(f"{where}:{line}: there is no command {found[1]}")
            continue
        parts = rest.split()
        while parts and parts[0] in subcommands(words):
            words, parts = words + (parts[0],), parts[1:]
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest):
            seen += 1
            if not re.search(re.escape(option) + r"(?![a-z-])", help_of(words)):
                failures.append(f"{where}:{line}: 'duolex {' '.join(words)}' has no {option}")
    return seen


look_at("    duolex law chek\n    duolex law check --witnes x\n", "a page with mistakes")
if len(failures) != 1 or "--witnes" not in failures.pop():
    sys.exit("a wrong option is not seen")
pages = [source / "README.md", source / "CONTRIBUTING.md", *sorted((source / "docs").rglob("*.md")), *sorted((source / "law").glob("*.md")),
         *sorted((source / "examples").rglob("README.md")), source / "tests/benchmarks/README.md"]
options = sum(look_at(p.read_text(), p.relative_to(source)) for p in pages)

# --- the README's own commands ---

for name in ("examples", "tools", "law"):
    shutil.copytree(source / name, scratch / name)
(scratch / "build").mkdir()
for file in program.parent.iterdir():
    if file.is_file() and (file.name.startswith("duolex") or file.suffix == ".so"):
        (scratch / "build" / file.name).symlink_to(file)


def put(name, content):
    path = scratch / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = bytes.fromhex(content["hex"])
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def of_case(name):
    return yaml.safe_load((source / "tests/cli/cases" / name).read_text().split("\ncases:")[0])["files"]


network, rows, parquet, maps = of_case("probe-network.yaml"), of_case("probe-black-box-rows.yaml"), of_case("probe-parquet.yaml"), of_case("probe-run-answers.yaml")
advisory = {"id": "GHSA-54xq-cgqr-rpm3", "modified": "2027-01-02T03:04:05Z", "aliases": ["CVE-2023-4863"],
            "affected": [{"package": {"ecosystem": "npm", "name": "sharp"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": "0.32.6"}]}]}]}
bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1, "metadata": {"component": {"type": "application", "name": "app", "version": "1.0", "bom-ref": "r"}},
        "components": [{"type": "library", "name": "sharp", "version": "0.32.5", "bom-ref": "a", "purl": "pkg:npm/sharp@0.32.5"}]}
vex = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex/1", "author": "Example GmbH", "timestamp": "2026-11-20T10:00:00Z", "version": 1,
       "statements": [{"vulnerability": {"name": "CVE-2023-4863"}, "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path",
                       "products": [{"@id": "pkg:npm/sharp@0.32.5"}]}]}
put("facts.yaml", "facts: {product.is_product: false, ai.is_ai_system: false}\n")
put("osv/GHSA-54xq-cgqr-rpm3.json", json.dumps(advisory))
put("kev.json", json.dumps({"catalogVersion": "2027.01.01", "dateReleased": "2027-01-01T00:00:00Z", "count": 1,
                            "vulnerabilities": [{"cveID": "CVE-2023-4863", "vendorProject": "x", "product": "x", "vulnerabilityName": "x", "dateAdded": "2023-09-13",
                                                 "shortDescription": "x", "requiredAction": "x", "dueDate": "2023-10-04", "notes": ""}]}))
put("new.ndjson", json.dumps({**advisory, "modified": "2027-02-02T03:04:05Z"}) + "\n")
put("new-advisories/one.json", json.dumps({**advisory, "id": "X-2", "aliases": [], "modified": "2027-03-02T03:04:05Z"}))
put("bill.cdx.json", json.dumps(bill))
put("my-product/bill.cdx.json", json.dumps(bill))
put("my-product/before.cdx.json", json.dumps({**bill, "components": []}))
put("my-product/duolex.yaml", "format: 1\nproduct: {name: Product}\nreleases:\n"
    "  - {version: \"1.0\", placed_on_market_on: 2026-03-01, support_period_end: 2034-01-01, artefacts: [{path: before.cdx.json, kind: sbom}]}\n"
    "  - {version: \"1.1\", placed_on_market_on: 2026-05-01, support_period_end: 2034-01-01, artefacts: [{path: bill.cdx.json, kind: sbom}]}\n"
    "facts: {product.is_product: true}\n")
put("vex.json", json.dumps(vex))
put("statement.openvex.json", json.dumps(vex))
put("models/net.onnx", network["mean.onnx"])
put("net.onnx", network["mean.onnx"])
put("x.npy", network["x.npy"])
put("y.npy", network["y.npy"])
put("map.onnx", maps["minus.onnx"])
put("clear.npy", maps["before.npy"])
put("fog.npy", maps["after.npy"])
put("rows.csv", rows["rows.csv"])
put("y.csv", rows["y.csv"])
put("c.yaml", rows["c.yaml"])
put("score.py", rows["calm.py"])
put("serve.py", "import json, sys\n\ndef mean(v):\n    return sum(map(mean, v)) / len(v) if isinstance(v, list) else v\n\nfor line in sys.stdin:\n"
    "    print(json.dumps({'outputs': [[mean(row), 0.5] for row in json.loads(line)['inputs']]}), flush=True)\n")
put("property.vnnlib", "\n".join(f"(declare-const X_{i} Real)" for i in range(36)) + "\n(declare-const Y_0 Real)\n(declare-const Y_1 Real)\n"
    + "\n".join(f"(assert (>= X_{i} 0.8))\n(assert (<= X_{i} 0.9))" for i in range(36)) + "\n(assert (>= Y_1 Y_0))\n")
put("credit.json", json.dumps({
    "version": [2, 1, 4], "learner": {
        "attributes": {}, "feature_names": ["income", "visits"], "feature_types": ["float", "float"], "objective": {"name": "binary:logistic", "reg_loss_param": {"scale_pos_weight": "1"}},
        "learner_model_param": {"base_score": "5E-1", "boost_from_average": "1", "num_class": "0", "num_feature": "2", "num_target": "1"},
        "gradient_booster": {"name": "gbtree", "model": {
            "gbtree_model_param": {"num_parallel_tree": "1", "num_trees": "1"}, "iteration_indptr": [0, 1], "tree_info": [0],
            "trees": [{"base_weights": [0, -1, 1], "categories": [], "categories_nodes": [], "categories_segments": [], "categories_sizes": [], "default_left": [0, 0, 0], "id": 0,
                       "left_children": [1, -1, -1], "right_children": [2, -1, -1], "parents": [2147483647, 0, 0], "loss_changes": [1, 0, 0], "split_conditions": [0.25, -1, 1],
                       "split_indices": [0, 0, 0], "split_type": [0, 0, 0], "sum_hessian": [1, 1, 1],
                       "tree_param": {"num_deleted": "0", "num_feature": "2", "num_nodes": "3", "size_leaf_vector": "1"}}]}}}}))
put("train.csv", "a,b,label\n" + "".join(f"{i},{i * i % 7},{i % 2}\n" for i in range(40)))
put("data/train-00000-of-00001.parquet", parquet["d/train-00000-of-00001.parquet"])
put("data-of-last-year/train-00000-of-00001.parquet", parquet["d/test-00000-of-00001.parquet"])
put("garak.report.jsonl", json.dumps({"entry_type": "init", "garak_version": "0.9.0.13", "start_time": "2026-11-20T10:00:00", "run": "r"}) + "\n"
    + json.dumps({"entry_type": "eval", "probe": "dan.Dan_11_0", "detector": "detector.dan.DAN", "passed": 3, "total": 5}) + "\n")
put("notice.csaf.json", of_case("csaf.yaml")["good.json"])
put("results.sarif", json.dumps({"version": "2.1.0", "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "runs": [{"tool": {"driver": {"name": "Tool", "version": "1"}}, "results": []}]}))

not_here = ("tools/run-signing-example", "tools/run-audio-example", "build/duolex advisories update feeds", "build/duolex law check", "build/duolex law diff")
torch = (program.parent / "libduolex_torch.so").exists() and (program.parent / "tests-bin/torchscript_models").exists()
# The exit status that each must have: what these inputs call for.
expected = {
    "decide facts.yaml": 2, "assess examples/door-reader": 1, "ask examples/door-reader": 0, "explain examples/door-reader": 0, "law export": 0, "law impact my-product": 0,
    "plan examples/door-reader": 1, "plan --coverage": 0, "docs examples/door-reader": 1, "catalogue my-product": 1, "declare examples/door-reader": 1,
    "advisories build osv/": 0, "advisories build new.ndjson": 0, "advisories info": 0, "scan bill.cdx.json --index advisories.idx": 1,
    "scan bill.cdx.json --index advisories.idx --vex": 0, "scan bill.cdx.json --index advisories.idx --format sarif": 1, "probe file models/": 0,
    "probe model net.onnx": 0, "probe model \"command:python3 serve.py\"": 0, "probe model net.pt": 0, "probe run net.onnx": 0, "probe run map.onnx": 1, "probe model \"command:python3 score.py\"": 0,
    "probe model credit.json": 0, "probe verify net.onnx": 0, "probe data train.csv": 1, "probe data data/": 1, "sbom check": 1, "probe import": 1, "csaf check": 0,
    "incident clocks": 3, "incident report": 1, "incident expires": 0, "diff my-product@1.0": 2, "watch add": 0, "watch ingest": 1,
    "scan my-product/bill.cdx.json": 1, "watch --portfolio": 1, "watch vex": 0, "watch cases": 1, "evidence import": 0, "verify my-product": 0, "gate my-product": 1,
    "init my-product": 2,
}
block = (source / "README.md").read_text().split("## Use it")[1].split("## The house")[0]
commands = [line.strip() for line in block.split("\n") if line.startswith("    ")]
used, ran, unknown = set(), 0, []
for line in commands:
    command = re.split(r"\s+# ", line)[0].strip()
    if command.startswith(not_here):
        continue
    if command.startswith("build/duolex probe model net.pt"):
        if not torch:
            print("not tested: TorchScript, since libtorch is not installed")
            used.add("probe model net.pt")
            continue
        (scratch / "torch").mkdir()
        subprocess.run([program.parent / "tests-bin/torchscript_models", "torch"], cwd=scratch, check=True)
        shutil.copy(scratch / "torch/mean.pt", scratch / "net.pt")
    if command.startswith("build/duolex init"):
        shutil.rmtree(scratch / "my-product")  # a new one
    if command.startswith("build/duolex verify"):
        # The key that stands for KEY.
        made = subprocess.run("build/duolex evidence key log --name log.example && build/duolex evidence checkpoint my-product --key log --origin log.example >kept.txt",
                              shell=True, cwd=scratch, capture_output=True, text=True)
        key = re.search(r"verify with --key (\S+)", made.stdout)
        command = command.replace("--key KEY", f"--key '{key[1]}'" if key else made.stdout + made.stderr)
    keys = [k for k in expected if command.startswith("build/duolex " + k)]
    key = max(keys, key=len) if keys else None
    used.add(key)
    p = subprocess.run(["sh", "-c", command], cwd=scratch, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}, input="Product\n" if command.startswith("build/duolex init") else "", capture_output=True, text=True)
    ran += 1
    if key is None:
        unknown.append(command)
    if p.returncode != expected[key] if key else p.returncode in (64, 70, 126, 127) or p.returncode < 0:
        failures.append(f"{command}\n  exit status {p.returncode}, expected {expected.get(key, 'another')}\n  {(p.stdout[-500:] + p.stderr[-700:])}")
for key in set(expected) - used:
    failures.append(f"the README no longer has: {key}")
print(f"{options} options of {len(pages)} pages exist; {ran} commands of the README, {len(commands) - ran} not tried here; {len(failures)} failures")
for command in unknown:
    print(f"no exit status is expected here of: {command}")
print(*failures, sep="\n")
sys.exit(bool(failures))
