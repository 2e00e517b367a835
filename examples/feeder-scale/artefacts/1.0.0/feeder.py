"""Feeder Scale: what a bird on the perch weighs and how long it stays, as a count of visits.

An example: the product does not exist. Settings and counts stay on the device; the page is answered in the home network.
"""
import json
import math
import pathlib

import numpy
import onnxruntime

KINDS = ("small bird", "large bird", "no bird")
HOME = pathlib.Path("/var/lib/feeder")


def settings():
    return json.loads((HOME / "settings.json").read_text())


class Feeder:
    def __init__(self, model=HOME / "visits.onnx"):
        self.session = onnxruntime.InferenceSession(str(model))
        self.counts = dict.fromkeys(KINDS, 0)

    def visit(self, grams, seconds):
        row = numpy.array([[math.log(max(grams, 1)) / 7, math.log(max(seconds, 1)) / 7]], dtype=numpy.float32)
        kind = KINDS[int(self.session.run(None, {"features": row})[0].argmax())]
        self.counts[kind] += 1
        return kind

    def page(self):
        return f"<h1>{settings()['name']}</h1>" + "".join(f"<p>{k}: {n}</p>" for k, n in self.counts.items())
