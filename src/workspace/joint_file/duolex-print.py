#!/usr/bin/python3 -I
"""Pages to PDF/A-3b, each with its data embedded (src/workspace/print_pdf.h).

In: JSON, a list of {"name", "html", "data", "day"}. Out: for each of them a line "NAME SIZE" and SIZE bytes, in order; or
a line "error WHAT" and nothing else. The same input gives the same bytes. No network is used and no file is read but
fonts and the colour profile of the printer.
"""
import functools
import hashlib
import io
import json
import logging
import os
import sys
from concurrent.futures import ProcessPoolExecutor


def refuse(url, *_, **__):
    raise ValueError(f"a document asks for {url}")


def language_of(element):
    """Its own, or that of all it holds. Content is marked by blocks, so that a few words within a sentence cannot say theirs."""
    alone = len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip()
    return element.get("lang") or (element[0].get("lang") if alone else None)


def tagged_archive(pdf, metadata, document, page_streams):
    """PDF/A-3b with the structure of the page beside it: headings, paragraphs, tables, for who hears it read. WeasyPrint makes
    either; what its PDF/UA says of itself is left out, as not all of it would be true. Added are what a head of a table is the
    head of, and the language of a block that is not in that of the document."""
    import pydyf
    from weasyprint.pdf import pdfa, pdfua

    structures, build = [], document.build_element_structure

    def build_and_keep(structure, *below):
        build(structure, *below)
        if not below:
            structures.append(structure)

    document.build_element_structure = build_and_keep
    pdfua.add_metadata = lambda *_, **__: None
    pdfua.pdfua(pdf, metadata, document, page_streams)
    for structure in structures:
        for element, made in structure.items():
            if "element" not in made or not hasattr(element, "attrib"):
                continue
            if element.tag == "th":
                scope = "/Row" if element.get("scope") == "row" else "/Column"
                made["element"]["A"] = pydyf.Dictionary({"O": "/Table", "Scope": scope})
            if language_of(element) and element.tag != "html":
                made["element"]["Lang"] = pydyf.String(language_of(element))
    pdfa.pdfa(pdf, metadata, document, page_streams, version=3)


@functools.cache
def mark_what_is_read():
    """The sheet and the root enclose all of it and are no content; what stands in the margin is an artefact."""
    import pydyf
    from weasyprint.formatting_structure import boxes
    from weasyprint.pdf.stream import Stream

    begin = Stream.begin_marked_content

    def begin_marked_content(self, box, mcid=False, tag=None):
        if self._mark and mcid and isinstance(box, boxes.MarginBox):
            pydyf.Stream.begin_marked_content(self, "Artifact")
        elif self._mark and mcid and (isinstance(box, boxes.PageBox) or box.element_tag in ("html", "body", "main")):
            pydyf.Stream.begin_marked_content(self, "NonStruct")
        else:
            begin(self, box, mcid, tag)

    Stream.begin_marked_content = begin_marked_content


def to_pdf(page):
    import pydyf
    import weasyprint
    import weasyprint.pdf

    mark_what_is_read()
    weasyprint.pdf.VARIANTS["tagged-archive"] = (tagged_archive, {"version": "1.7", "mark": True})

    date = page["day"].replace("-", "")
    data = page["data"].encode()
    name = page["name"].rsplit(".", 1)[0] + ".json"

    def finish(_, pdf):
        files = [o for o in pdf.objects if isinstance(o, dict) and o.get("Type") == "/Filespec"]
        if len(files) != 1:
            raise ValueError("the data are not embedded")
        file = files[0]
        file["F"] = file["UF"] = pydyf.String(name)
        file["AFRelationship"] = "/Data"
        number = int(file["EF"]["F"].split()[0])
        stream = pdf.objects[number]
        stream.extra["Subtype"] = "/application#2Fjson"
        stream.extra["Params"]["ModDate"] = pydyf.String(f"D:{date}000000Z")
        stream.extra["Params"]["Size"] = len(data)
        pdf.catalog["AF"] = pydyf.Array([file.reference])
        pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        for key in ("CreationDate", "ModDate"):
            pdf.info[key] = pydyf.String(f"D:{date}000000Z")

    html = weasyprint.HTML(string=page["html"], url_fetcher=refuse, base_url=None)
    attachment = weasyprint.Attachment(file_obj=io.BytesIO(data), description="The values that this document prints")
    out = io.BytesIO()
    html.write_pdf(out, attachments=[attachment], variant="tagged-archive", finisher=finish,
                   identifier=hashlib.sha256(page["html"].encode()).hexdigest()[:32].encode())
    return out.getvalue()


def main():
    logging.disable(logging.CRITICAL)
    pages = json.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    workers = max(1, min(4, os.cpu_count() or 1, len(pages)))
    try:
        with ProcessPoolExecutor(workers) as pool:
            printed = list(pool.map(to_pdf, pages))
    except ImportError as missing:
        out.write(f"error the printer is not installed ({missing}); it is the package weasyprint\n".encode())
        return
    except Exception as wrong:
        out.write(f"error {type(wrong).__name__}: {wrong}".replace("\n", " ").encode() + b"\n")
        return
    for page, pdf in zip(pages, printed):
        out.write(f"{page['name']} {len(pdf)}\n".encode() + pdf)


main()
