"""Assessment and all documents of a product with a bill of 1,000 components: how long, and whether the bytes are the same.

documents_benchmark.py PROGRAM SOURCE SCRATCH [--runs N] [--pdf-runs N] [--no-figures]

The product is examples/door-reader, under both acts and high-risk, with a bill made up here, an index of advisories and a
ledger in which its tests are recorded: no model test is made again. Each run writes report, documents, plan and the draft of the
declaration in three languages to another folder, in another time zone and language of the machine; the ledger is the same. The
files must be the same bytes in each run; the exit status is 1, with the names of the files, when they are not. Documents as PDF
are compared in the runs of --pdf-runs alone. Times are of whole processes on this machine, with the processor's time beside.
"""
import argparse
import hashlib
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import time

parser = argparse.ArgumentParser()
parser.add_argument("program", type=pathlib.Path)
parser.add_argument("source", type=pathlib.Path)
parser.add_argument("scratch", type=pathlib.Path)
parser.add_argument("--runs", type=int, default=100)
parser.add_argument("--pdf-runs", type=int, default=3)
parser.add_argument("--no-figures", action="store_true")
given = parser.parse_args()
AS_OF = "2028-01-10"
COMPONENTS = 1000

shutil.rmtree(given.scratch, ignore_errors=True)
given.scratch.mkdir(parents=True)
dossier, index = given.scratch / "product", given.scratch / "advisories.idx"
shutil.copytree(given.source / "examples/door-reader", dossier)
text = (dossier / "duolex.yaml").read_text()
(dossier / "duolex.yaml").write_text(text.replace("languages: [de, nl]", "languages: [en, de, fr]"))
bill = json.loads((dossier / "artefacts/sbom.cdx.json").read_text())
for i in range(COMPONENTS - len(bill["components"])):
    ref = f"pkg:npm/part-{i}@1.{i % 7}.{i % 13}"
    bill["components"].append({"bom-ref": ref, "type": "library", "supplier": {"name": "Somebody"}, "name": f"part-{i}", "version": f"1.{i % 7}.{i % 13}", "purl": ref})
(dossier / "artefacts/sbom.cdx.json").write_text(json.dumps(bill))


def run(*words, env=None, good=(0, 1, 2)):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run([given.program, *map(str, words)], capture_output=True, text=True, env={**os.environ, **(env or {})})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in good:
        sys.exit(f"{words}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
    return time.monotonic() - start, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


run("advisories", "build", given.source / "examples/exam-scorer/advisories", "--index", index)
run("scan", dossier / "artefacts/sbom.cdx.json", "--index", index, "--record", dossier)
run("probe", "file", dossier / "artefacts/face-embedding.onnx", "--record", dossier)
common = ("--as-of", AS_OF, "--index", index)


def write(out, env, pdf=False):
    """Everything once; the time of assessment and documents."""
    papers = ("--format", "pdf", "--format", "docx") if pdf else ()
    took = [run("assess", dossier, *common, "--out", out / "report", env=env), run("docs", dossier, *common, "--out", out / "documents", *papers, env=env)]
    run("declare", dossier, *common, "--draft", "--out", out / "declaration", *papers, env=env)
    run("plan", dossier, "--as-of", AS_OF, "--format", "html", "--out", out / "plan.html", env=env)
    return sum(t for t, _ in took), sum(c for _, c in took)


def hashes(out):
    return {str(p.relative_to(out)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(out.rglob("*")) if p.is_file()}


def same(name, runs, pdf):
    first, best = None, None
    for i in range(runs):
        out = given.scratch / f"{name}-{i % 7}"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        env = {"TZ": ("UTC", "Asia/Tokyo", "America/New_York")[i % 3], "LC_ALL": ("C", "C.UTF-8")[i % 2], "HOME": str(out), "SOURCE_DATE_EPOCH": str(1000 * i)}
        took = write(out, env, pdf)
        best = took if best is None else min(best, took)
        now = hashes(out)
        first = first or now
        differ = sorted(k for k in first.keys() | now.keys() if first.get(k) != now.get(k))
        if differ:
            sys.exit(f"{name}, run {i + 1}: not the same bytes as in the first: {', '.join(differ)}")
    if runs:
        print(f"{name}: {runs} runs, {len(first)} files each, the same bytes in all")
    return best


without = same("without PDF", given.runs, False)
papers = subprocess.run(["/usr/bin/python3", "-c", "import weasyprint"], capture_output=True).returncode == 0
if given.pdf_runs and not papers:
    print("with PDF: not tested, WeasyPrint is not installed")
with_pdf = same("with PDF", given.pdf_runs, True) if papers else None
if not given.no_figures:
    print(f"assessment and all documents, {COMPONENTS} components, 3 languages, PDF excepted: {without[0]:.2f} s by the clock, {without[1]:.2f} s of the processor (best of {given.runs})")
    if with_pdf:
        print(f"the same with every document as PDF and for word processors: {with_pdf[0]:.2f} s by the clock, {with_pdf[1]:.2f} s of the processor (best of {given.pdf_runs})")
