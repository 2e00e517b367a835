#!/usr/bin/python3 -I
"""Pages to PDF/A-3b, each with its data embedded (src/workspace/print_pdf.h).

In: JSON, a list of {"name", "html", "data", "day"}. Out: for each of them a line "NAME SIZE" and SIZE bytes, in order; or
a line "error WHAT" and nothing else. The same input gives the same bytes. No network is used and no file is read but
fonts and the colour profile of the printer.
"""
import hashlib
import io
import json
import logging
import os
import sys
from concurrent.futures import ProcessPoolExecutor


def refuse(url, *_, **__):
    raise ValueError(f"a document asks for {url}")


def to_pdf(page):
    import pydyf
    import weasyprint

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
    html.write_pdf(out, attachments=[attachment], variant="pdf/a-3b", finisher=finish,
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
