"""Every page that is written can be read by everybody: its language, the order of its headings, its tables, its colours.
In German and in French nothing is said in English but the dossier's own words.

Also, that the same dossier gives the same bytes: RUNS times (100 for the figure of the issue; fewer in the tests).

check_pages.py PROGRAM SOURCE SCRATCH [RUNS]
"""
import hashlib
import html.parser
import os
import pathlib
import pickle
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import english

program, source, scratch = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
runs = int(sys.argv[4]) if len(sys.argv) > 4 else 3
languages = ("en", "de", "fr")


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.wrong, self.headings, self.ids, self.open, self.tables, self.title, self.labels = [], [], set(), [], [], "", []
        self.language, self.main = None, 0
        self.feed(text)
        if not self.language:
            self.wrong.append("the page does not say its language")
        if self.headings.count(1) != 1 or self.headings[0] != 1:
            self.wrong.append(f"headings begin {self.headings[:3]}, not with one h1")
        for before, after in zip(self.headings, self.headings[1:]):
            if after > before + 1:
                self.wrong.append(f"h{after} follows h{before}")
        if self.main != 1:
            self.wrong.append(f"{self.main} main regions")
        if not self.title.strip():
            self.wrong.append("no title")
        for label in self.labels:
            if label not in self.ids:
                self.wrong.append(f"aria-labelledby names {label}, which is not there")

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.open.append(tag)
        if tag == "html":
            self.language = attributes.get("lang")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.main += tag == "main"
        if "id" in attributes:
            if attributes["id"] in self.ids:
                self.wrong.append(f"the id {attributes['id']} stands twice")
            self.ids.add(attributes["id"])
        if "aria-labelledby" in attributes:
            self.labels += attributes["aria-labelledby"].split()
        if tag == "table":
            self.tables.append({"caption": False, "head": False})
        if tag == "caption":
            self.tables[-1]["caption"] = True
        if tag == "th":
            self.tables[-1]["head"] = True
            if attributes.get("scope") not in ("col", "row", "rowgroup", "colgroup"):
                self.wrong.append("a th has no scope")
        if tag == "img" and not attributes.get("alt"):
            self.wrong.append("a picture has no text")
        if tag in ("script", "iframe", "object"):
            self.wrong.append(f"a page has a {tag}")

    def handle_endtag(self, tag):
        if tag == "table":
            table = self.tables.pop()
            if not table["caption"] or not table["head"]:
                self.wrong.append(f"a table has no {'caption' if table['head'] else 'head'}")

    def handle_data(self, text):
        if self.open and self.open[-1] == "title":
            self.title += text


def luminance(colour):
    parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def colours(style):
    """Text colours of the style sheet, each on the paper and, where the names say so, on its wash: at least 4.5 to 1."""
    names = dict(re.findall(r"--([a-z-]+):(#[0-9a-f]{3,6})", style))
    names = {n: c if len(c) == 7 else "#" + "".join(x * 2 for x in c[1:]) for n, c in names.items()}
    paper = names["paper"]
    wrong = []
    for value in set(re.findall(r"[;{]color:(var\(--[a-z-]+\)|#[0-9a-f]{6})(?=[;}])", style)):
        colour = names[value[6:-1]] if value.startswith("var") else value
        if contrast(colour, paper) < 4.5:
            wrong.append(f"{value} on paper is {contrast(colour, paper):.2f} to 1")
    for name, wash in (("ink", "wash"), ("ink", "yes-wash"), ("yes", "yes-wash"), ("maybe", "maybe-wash"), ("no", "no-wash"), ("soft", "wash")):
        if contrast(names[name], names[wash]) < 4.5:
            wrong.append(f"{name} on {wash} is {contrast(names[name], names[wash]):.2f} to 1")
    return wrong


def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True)
    assert done.returncode in (0, 1, 2), (command, done.stderr.decode()[-2000:])


def write(folder, out, *more):
    shutil.rmtree(out, ignore_errors=True)
    run(program, "docs", folder, "--as-of", "2028-01-10", *(f"--language={x}" for x in languages), "--format", "docx", "--out", out / "documents", *more)
    run(program, "assess", folder, "--as-of", "2028-01-10", "--out", out / "report", *more)
    for language in ("de", "fr"):
        run(program, "assess", folder, "--as-of", "2028-01-10", "--language", language, "--out", out / f"report.{language}", *more)
    run(program, "plan", folder, "--as-of", "2028-01-10", "--format", "html", "--out", out / "plan.html")
    for language in ("de", "fr"):
        run(program, "plan", folder, "--as-of", "2028-01-10", "--format", "html", "--language", language, "--out", out / f"plan.{language}.html")
    versions = re.findall(r'^ *- version: "([^"]*)"', (folder / "duolex.yaml").read_text(), re.M)
    if len(versions) > 1:
        run(program, "diff", f"{folder}@{versions[-2]}", "--as-of", "2028-01-10", f"{folder}@{versions[-1]}", "--format", "html", "--out", out / "change.html")


def language_of(file):
    """The language that the name of the file, or of its folder, promises."""
    named = re.search(r"\.(en|de|fr)(?:\.html|/report\.html)$", str(file))
    return named.group(1) if named else None


def english_in(file, language, own):
    """What is said in English on a page in another language, and is not the dossier's own words."""
    page = file.read_text()
    return [x for x in english.marked(page) if not any(x in o for o in own)] + english.unmarked(page, language, own)


def without_what_is_made_elsewhere(example, folder):
    """A copy of a dossier whose large artefacts are fetched when it is built: without those."""
    shutil.copytree(source / "examples" / example, folder)
    item = re.compile(r"^( *)- path: (\S+)\n(?:\1 +.*\n)*", re.M)
    text = (folder / "duolex.yaml").read_text()
    left = item.sub(lambda m: m.group(0) if (folder / m.group(2)).exists() else "", text)
    assert left != text, "everything is there already"
    (folder / "duolex.yaml").write_text(re.sub(r"^( *)artefacts:\n(?!\1 *-)", "", left, flags=re.M))
    return folder


def with_records(folder):
    """A dossier whose ledger holds a record of each test that this program has and that takes little time."""
    shutil.copytree(source / "examples" / "credit-scoring", folder)
    probe, model = folder / "probe", folder / "artefacts/score-model.json"
    index = folder.parent / "advisories.idx"
    run(program, "advisories", "build", source / "examples/exam-scorer/advisories", "--index", index)
    run(program, "evidence", "add", folder, "--shows", "Review of the score card by an outside auditor", "--outcome", "stated")
    run(program, "probe", "data", folder / "artefacts/training-sample.csv", "--label-column", "last", "--record", folder, "--good-until", "2029-01-01")
    rows = ("--norm", "budgets", "--constraints", probe / "constraints.yaml", "--seed", "1", "--record", folder, "--good-until", "2029-01-01")
    run(program, "probe", "model", model, "--inputs", probe / "held-out.csv", "--labels", probe / "held-out-labels.csv", "--certify", "bab", "--curve", "0.25,0.5,2",
        "--require", "0.7", *rows)
    run(program, "probe", "model", model, "--inputs", probe / "train.csv", "--labels", probe / "train-labels.csv", "--attacks", "none",
        "--non-members", probe / "held-out.csv", "--non-member-labels", probe / "held-out-labels.csv", *rows)
    run(program, "probe", "file", folder / "artefacts/scorecard.onnx", "--record", folder)  # no longer good on the day of the pages
    run(program, "scan", folder / "artefacts/sbom.cdx.json", "--index", index, "--record", folder, "--good-until", "2029-01-01")
    return folder, "--index", index


def with_few_facts(folder):
    """Much is undecided, asked and explained."""
    folder.mkdir()
    (folder / "duolex.yaml").write_text("format: 1\nproduct: {name: Zed, intended_purpose: Zed, member_states: [DE, PL, XX], languages: [de, pl]}\n"
                                        "releases: [{version: '1.0', artefacts: []}]\nfacts: {product.is_product: true, ai.is_ai_system: true}\n")
    return folder


def with_a_bad_model(folder):
    """Its model runs a program when it is loaded."""
    class Runs:
        def __reduce__(self):
            return os.system, ("echo",)

    folder.mkdir()
    (folder / "m.pkl").write_bytes(pickle.dumps(Runs()))
    (folder / "duolex.yaml").write_text("format: 1\nproduct: {name: Zed}\nreleases: [{version: '1.0', artefacts: [{path: m.pkl, kind: model, sha256: "
                                        + hashlib.sha256((folder / "m.pkl").read_bytes()).hexdigest() + "}]}]\nfacts: {product.is_product: true, ai.is_ai_system: true}\n")
    return folder


def main():
    pages = 0
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    dossiers = [(source / "examples" / e,) for e in ("door-reader", "credit-scoring", "feeder-scale", "smart-toy", "intrusion-detection", "soil-gauge")]
    dossiers += [(without_what_is_made_elsewhere("exam-scorer", scratch / "exam-scorer"),), with_records(scratch / "recorded"), (with_few_facts(scratch / "few"),), (with_a_bad_model(scratch / "bad"),)]
    for folder, *more in dossiers:
        example = folder.name
        write(folder, scratch / "out", *more)
        own = english.own_words((folder / "duolex.yaml").read_text()) + ["Review of the score card by an outside auditor"]
        for file in sorted((scratch / "out").rglob("*.html")):
            text = file.read_text()
            wrong = Page(text).wrong
            style = re.search(r"<style>(.*?)</style>", text, re.S).group(1)
            wrong += colours(style)
            if "@media print" not in style or "@page" not in style:
                wrong.append("no style for paper")
            language = language_of(file)
            if language and Page(text).language != language:
                wrong.append("the page says another language than its name")
            if language in ("de", "fr"):
                wrong += [f"in English: {x[:200]}" for x in english_in(file, language, own)]
            assert not wrong, (example, file.name, sorted(set(wrong))[:8])
            pages += 1
    # It is seen when a page is not so.
    report = (scratch / "out/report.de/report.html")
    text = report.read_text()
    for added in ('<p><span lang="en">Nobody wrote this.</span></p>', "<p>Nobody wrote this.</p>", '<td data-label="What it was">x</td>'):
        report.write_text(text.replace("</main>", added + "</main>", 1))
        assert english_in(report, "de", own), f"{added} is not seen"
    report.write_text(text)
    good = (scratch / "out/documents/declaration.de.html").read_text()
    for old, new in ((' lang="de"', ""), ("<h1>", "<h3>"), ("<main ", "<div "), ("<title>", "<title></title><b>")):
        assert old in good and Page(good.replace(old, new, 1)).wrong, f"a page with {new!r} for {old!r} is not seen"
    memo = (scratch / "out/documents/classification-memo.de.html").read_text()
    assert Page(memo.replace(' scope="col"', "", 1)).wrong and Page(re.sub("<caption>.*?</caption>", "", memo, count=1)).wrong
    first, begin = None, time.monotonic()
    for attempt in range(runs):
        write(source / "examples/door-reader", scratch / "out")
        files = {str(f.relative_to(scratch)): f.read_bytes() for f in sorted((scratch / "out").rglob("*")) if f.is_file()}
        first = first or files
        assert files == first, f"run {attempt + 1} differs in {[n for n in files if files[n] != first.get(n)]}"
    print(f"{pages} pages; {runs} runs of {len(first)} files the same bytes, {(time.monotonic() - begin) / runs:.2f} s each")


main()
