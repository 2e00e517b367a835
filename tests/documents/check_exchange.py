"""What `duolex docs` writes for other programs, held against the published schemas of OSCAL 1.2.1 and CycloneDX 1.6.

check_exchange.py PROGRAM SOURCE SCRATCH
"""
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree
import zipfile

import jsonschema

program, source, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
suites = source / "../shared/suites"
oscal, cyclonedx = suites / "oscal-schemas-1.2.1/release-schemas", suites / "cyclonedx/schema"


def load(path):
    return json.loads(path.read_text())


def patterns_hold(node):
    """OSCAL writes patterns with \\p{L}, which Python does not know: tokens are spelled out, others it cannot read are left out."""
    if isinstance(node, dict):
        if isinstance(node.get("pattern"), str):
            node["pattern"] = re.sub(r"\(\\p\{L\}\|_\)\(\\p\{L\}\|\\p\{N\}\|\[\.\\-_\]\)\*", r"[A-Za-z_][A-Za-z0-9._-]*", node["pattern"])
            try:
                re.compile(node["pattern"])
            except re.error:
                del node["pattern"]
        for child in node.values():
            patterns_hold(child)
    elif isinstance(node, list):
        for child in node:
            patterns_hold(child)
    return node


def validator(path):
    schema = patterns_hold(load(path))
    kind = jsonschema.validators.validator_for(schema)
    store = {}
    if path.parent == cyclonedx:
        for name in ("spdx.schema.json", "jsf-0.82.schema.json", "cryptography-defs.schema.json"):
            if (cyclonedx / name).exists():
                other = load(cyclonedx / name)
                store[other.get("$id", name)] = store["http://cyclonedx.org/schema/" + name] = other
    return kind(schema, resolver=jsonschema.RefResolver(schema.get("$id", ""), schema, store=store))


def check_word(parts, space, file):
    """What Word goes by: a default style, headings that are headings, the language, heads that repeat, a sheet that is wide enough."""
    styles, document = parts["word/styles.xml"], parts["word/document.xml"]
    named = {s.get(space + "styleId"): s for s in styles.iter(space + "style")}
    assert [i for i, s in named.items() if s.get(space + "default") == "1"] == ["Normal"], f"{file.name}: no default style"
    for level in (1, 2):
        heading = named[f"Heading{level}"]
        assert heading.find(space + "name").get(space + "val") == f"heading {level}"
        assert heading.find(f"{space}pPr/{space}outlineLvl").get(space + "val") == str(level - 1)
    used = {p.get(space + "val") for p in document.iter(space + "pStyle")}
    assert used <= named.keys(), f"{file.name}: styles that are not there: {used - named.keys()}"
    language = file.name.split(".")[1]
    assert styles.find(f"{space}docDefaults/{space}rPrDefault/{space}rPr/{space}lang").get(space + "val") == language
    assert language == "en" or all(x.get(space + "val") != language for x in document.iter(space + "lang"))
    tables = list(document.iter(space + "tbl"))
    for table in tables:
        rows = table.findall(space + "tr")
        assert rows[0].find(f"{space}trPr/{space}tblHeader") is not None, f"{file.name}: a table has no head that repeats"
        widths = [int(c.get(space + "w")) for c in table.iter(space + "gridCol")]
        assert all(len(r.findall(space + "tc")) == len(widths) for r in rows), f"{file.name}: a row has not the cells of its table"
        size = document.find(f"{space}body/{space}sectPr/{space}pgSz")
        across = size.get(space + "orient") == "landscape"
        assert (int(size.get(space + "w")) > int(size.get(space + "h"))) == across
        assert sum(widths) <= int(size.get(space + "w")) - 2 * 964 and (len(widths) <= 6 or across), f"{file.name}: a table is wider than its sheet"


def check_docx(out, example):
    """Every line that the page prints stands in the file, in order; every part is well-formed and dated the same."""
    space = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    files = sorted(out.glob("*.docx"))
    # The plan's page has no file for word processors.
    assert len(files) == len([f for f in [*out.glob("*.en.html"), *out.glob("*.de.html")] if not f.name.startswith("matrix.")]), files
    for file in files:
        with zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None and all(i.date_time == (1980, 1, 1, 0, 0, 0) for i in archive.infolist()), file
            parts = {i.filename: xml.etree.ElementTree.fromstring(archive.read(i)) for i in archive.infolist()}
        check_word(parts, space, file)
        text = "".join(t.text or "" for t in parts["word/document.xml"].iter(space + "t"))
        page = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", file.with_suffix(".html").read_text(), flags=re.S)
        page = html.unescape(re.sub(r"<[^>]+>", "", page))
        assert re.sub(r"\s", "", text) == re.sub(r"\s", "", page), f"{example}: {file.name} does not say what its page says"


def main():
    if not oscal.is_dir() or not cyclonedx.is_dir():
        print("SKIPPED: the schemas are not there (../shared/suites); nothing was checked")
        sys.exit(77)
    kinds = {"assessment-results.oscal.json": validator(oscal / "oscal_assessment-results_schema.json"),
             "poam.oscal.json": validator(oscal / "oscal_poam_schema.json"),
             "declarations.cdx.json": validator(cyclonedx / "bom-1.6.schema.json")}
    if (oscal / "oscal_mapping_schema.json").exists():
        kinds["mapping.oscal.json"] = validator(oscal / "oscal_mapping_schema.json")
    checked = 0
    for example in ("door-reader", "credit-scoring", "smart-toy", "intrusion-detection", "soil-gauge"):
        folder = scratch / example
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        shutil.copytree(source / "examples" / example, folder)
        (folder / "artefacts/record.md").write_text("Done.\n")
        with (folder / "duolex.yaml").open("a") as file:
            file.write("\ncontrols:\n  control.secure_defaults: {status: done, evidence: [artefacts/record.md]}\n")
        done = subprocess.run([program, "docs", folder, "--as-of", "2028-01-10", "--language", "en", "--language", "de", "--format", "docx", "--out", scratch / "out"], capture_output=True)
        assert done.returncode in (0, 1, 2), done.stderr.decode()
        for name, schema in kinds.items():
            if example == "soil-gauge" and name == "mapping.oscal.json":
                assert not (scratch / "out" / name).exists(), "nothing binds, so there is nothing to map"
                continue
            written = load(scratch / "out" / name)
            wrong = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}" for e in schema.iter_errors(written)]
            assert not wrong, (example, name, wrong[:5])
            top = next(k for k in written if k not in ("bomFormat", "specVersion", "serialNumber", "version"))
            assert list(schema.iter_errors({k: v for k, v in written.items() if k not in (top, "bomFormat")})), f"{name}: the schema refuses nothing"
            checked += 1
        check_docx(scratch / "out", example)
        bom = load(scratch / "out/declarations.cdx.json")
        refs = {r["bom-ref"] for r in bom["definitions"]["standards"][0]["requirements"]} | {c["bom-ref"] for c in bom["declarations"]["claims"]}
        refs |= {e["bom-ref"] for e in bom["declarations"]["evidence"]} | {"product", "maker"}
        for entry in bom["declarations"]["attestations"][0]["map"]:
            assert entry["requirement"] in refs and set(entry.get("claims", [])) <= refs, entry
        for claim in bom["declarations"]["claims"]:
            assert claim["target"] in refs and set(claim["evidence"]) <= refs, claim
        results = load(scratch / "out/assessment-results.oscal.json")["assessment-results"]["results"][0]
        seen = {o["uuid"] for o in results.get("observations", [])}
        for finding in results.get("findings", []):
            satisfied = finding["target"]["status"]["state"] == "satisfied"
            assert not satisfied or finding.get("related-observations"), finding
            assert all(o["observation-uuid"] in seen for o in finding.get("related-observations", [])), finding
    print(f"{checked} files hold against their schemas")


main()
