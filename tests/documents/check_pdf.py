"""The joint documents as PDF/A-3b: whole files, their data embedded, every printed line equal to the data, the same
bytes in every run. Not checked, as no validator of PDF/A is packaged: conformance beyond what is looked for here.

check_pdf.py PROGRAM SOURCE SCRATCH
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys

program, source, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
documents = ["technical-file", "instructions", "declaration", "simplified-declaration", "registration", "registration-6-3",
             "registration-of-use", "classification-memo", "risk-assessment", "monitoring-plan", "body-application", "marking-advice"]


def run(*command, ends=(0,)):
    done = subprocess.run([str(c) for c in command], capture_output=True)
    assert done.returncode in ends, (command, done.returncode, done.stderr.decode()[-2000:])
    return done.stdout


def bare(text):
    return re.sub(r"\s|\u00ad", "", text)


def take(rest, wanted, where):
    """What is left of `rest` after `wanted`, which may be interrupted by the head of a table that goes on overleaf."""
    wanted = bare(wanted)
    assert rest.startswith(wanted), f"{where}: printed {rest[:120]!r}, embedded {wanted[:120]!r}"
    return rest[len(wanted):]


def sheet(pdf):
    """Its width and height in points: upright, or across for a wide table."""
    size = re.search(r"Page size:\s+([\d.]+) x ([\d.]+)", run("pdfinfo", pdf).decode())
    return round(float(size.group(1))), round(float(size.group(2)))


def equal(pdf, data):
    width, height = sheet(pdf)
    text = bare("".join(run("pdftotext", "-raw", "-enc", "UTF-8", "-nopgbrk", "-x", 0, "-y", 0, "-W", width + 1, "-H", height - 56, "-f", n, "-l", n, pdf, "-").decode()
                        for n in range(1, pages(pdf) + 1)))
    for line in data["printed"]:
        if isinstance(line, str):
            text = take(text, line, pdf.name)
            continue
        head = bare("".join(line["head"]))
        text = take(text, line["caption"], pdf.name)
        text = take(text, head, pdf.name)
        for row in line["rows"]:
            if text.startswith(head):
                text = text[len(head):]
            text = take(text, "".join(row), pdf.name)
    assert text == "", f"{pdf.name}: printed and not embedded: {text[:200]!r}"


def pages(pdf):
    return int(re.search(r"Pages:\s+(\d+)", run("pdfinfo", pdf).decode()).group(1))


def check_structure(pdf, data):
    """Who hears it read gets headings, paragraphs and tables, every line once and in order, and no page numbers."""
    assert re.search(r"Tagged:\s+yes", run("pdfinfo", pdf).decode()), "it has no structure"
    tree = run("pdfinfo", "-struct-text", pdf).decode()
    kinds = re.findall(r"^ *([A-Z][A-Za-z0-9]*)(?: \(block\))?:?$", tree, re.M)
    assert kinds.count("H1") == 1 and "H2" in kinds and "P" in kinds, sorted(set(kinds))
    tables = [line for line in data["printed"] if not isinstance(line, str)]
    for table in tables:
        assert "TH" in kinds and "TR" in kinds and ("TD" in kinds or not table["rows"]), sorted(set(kinds))
    said = bare("".join(re.findall(r'^ *"(.*)"$', tree, re.M)))
    for line in data["printed"]:
        if isinstance(line, str):
            wanted = bare(line)
            assert wanted in said, f"{pdf.name}: nobody hears {line[:80]!r}"
    assert len(said) < 1.05 * len(bare(json.dumps(data["printed"], ensure_ascii=False))), "something is said twice"
    assert not re.search(r'^ *"\d+ / \d+"$', tree, re.M), "page numbers are read out"


def check_marks(objects, text):
    """Every head of a table says what it is the head of, and the structure says which passages are in another language."""
    elements = [o for o in objects.values() if isinstance(o, dict) and o.get("/Type") == "/StructElem"]
    heads = [e for e in elements if e["/S"] == "/TH"]
    for head in heads:
        mark = head.get("/A")
        mark = objects[mark] if isinstance(mark, str) else mark
        assert mark and mark["/O"] == "/Table" and mark["/Scope"] in ("/Row", "/Column"), head
    scopes = {(objects[h["/A"]] if isinstance(h["/A"], str) else h["/A"])["/Scope"] for h in heads}
    assert not heads or "/Column" in scopes, scopes
    languages = {e["/Lang"] for e in elements if "/Lang" in e}
    assert languages == set(text), f"passages are said to be in {languages}"
    return len(heads)


def check(pdf, language, *others):
    run("qpdf", "--check", pdf)
    target = scratch / "embedded.json"
    run("pdfdetach", "-save", 1, "-o", target, pdf)
    data = json.loads(target.read_text())
    assert data["language"] == language and data["document"].replace("_", "-") == pdf.name.split(".")[0]
    equal(pdf, data)
    objects = json.loads(run("qpdf", "--json=1", pdf))["objects"]
    catalog = next(o for o in objects.values() if isinstance(o, dict) and o.get("/Type") == "/Catalog")
    assert catalog["/Lang"] == language, catalog
    intent = catalog["/OutputIntents"][0]
    assert intent["/S"] == "/GTS_PDFA1"
    file = objects[catalog["/AF"][0]]
    assert file["/AFRelationship"] == "/Data" and file["/F"] == file["/UF"] == pdf.name.replace(".pdf", ".json"), file
    raw = run("qpdf", "--qdf", "--object-streams=disable", pdf, "-")
    assert b'pdfaid:part="3"' in raw and b'pdfaid:conformance="B"' in raw, "it does not say that it is PDF/A-3b"
    assert b"/ID [" in raw and b"/Encrypt" not in raw and b"/JavaScript" not in raw
    if language == "de":
        check_structure(pdf, data)
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"] is True and b"<dc:title>" in raw, "its title is not shown"
    check_marks(objects, others)
    fonts = run("pdffonts", pdf).decode().splitlines()[2:]
    assert fonts and all(re.search(r"yes\s+yes", f) for f in fonts), "a font is not embedded"
    for number in range(1, pages(pdf) + 1):
        picture = run("pdftoppm", "-r", 20, "-gray", "-f", number, "-l", number, pdf)
        pixels = picture.split(b"\n255\n", 1)[-1]
        assert sum(p < 200 for p in pixels) > 20, f"{pdf.name}: page {number} is empty"


def main():
    if shutil.which("qpdf") is None or shutil.which("pdftotext") is None:
        print("SKIPPED: qpdf and poppler-utils are not installed")
        sys.exit(77)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    first = {}
    for attempt in range(3):
        out = scratch / "out"
        run(program, "docs", source / "examples/door-reader", "--as-of", "2028-01-10", "--language", "de", "--language", "fr", "--format", "pdf", "--out", out,
            ends=(1,))
        files = {f.name: f.read_bytes() for f in sorted(out.iterdir())}
        first = first or files
        assert files == first, f"run {attempt + 1} differs in {[n for n in files if files[n] != first.get(n)]}"
    names = {f"{d}.{language}.pdf" for d in documents for language in ("de", "fr")}
    assert names == {n for n in first if n.endswith(".pdf")}, names
    for name in sorted(names):
        check(scratch / "out" / name, name.split(".")[1])
    # It is seen when a value differs.
    pdf = scratch / "out" / "declaration.de.pdf"
    data = json.loads((scratch / "embedded.json").read_text())
    run("pdfdetach", "-save", 1, "-o", scratch / "embedded.json", pdf)
    data = json.loads((scratch / "embedded.json").read_text())
    data["printed"][1] = data["printed"][1] + " X"
    try:
        equal(pdf, data)
    except AssertionError:
        pass
    else:
        raise AssertionError("a value that is embedded and not printed was not seen")
    # A language whose catalogue is not complete: what is said in English says so.
    shutil.copytree(source / "examples/door-reader", scratch / "d")
    (scratch / "d/nl.yaml").write_text('"Technical file": "Technische documentatie"\n')
    dossier = (scratch / "d/duolex.yaml").read_text()
    (scratch / "d/duolex.yaml").write_text(dossier.replace("product:\n", "product:\n  catalogues: {nl: nl.yaml}\n", 1))
    run(program, "docs", scratch / "d", "--as-of", "2028-01-10", "--language", "nl", "--format", "pdf", "--out", scratch / "nl", ends=(1,))
    check(scratch / "nl" / "technical-file.nl.pdf", "nl", "en")
    print(f"{len(names)} documents: printed as embedded, three runs the same bytes")


main()
