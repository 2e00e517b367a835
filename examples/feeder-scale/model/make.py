"""The feeder's model, from simulated weighings: small birds, large birds, and what is no bird at all.

    make.py SEED ROWS OUT

Writes OUT/visits.onnx (one layer; the largest of its three answers counts), OUT/training.csv, the test set as OUT/inputs.npy and OUT/labels.npy (the same
whatever the seed), and OUT/test.ndjson, which says for each of its rows whether the model is right. Weighings are simulated: the product is an example and nobody has built it.
"""
import json
import math
import pathlib
import random
import struct
import sys

KINDS = {"small bird": (18, 6, 25, 15), "large bird": (95, 25, 40, 20), "no bird": (420, 160, 160, 70)}  # grams, seconds


def weighings(seed, rows):
    r = random.Random(seed)
    for i in range(rows):
        kind = i % 3
        grams, spread, seconds, span = list(KINDS.values())[kind]
        yield [max(1.0, r.gauss(grams, spread)), max(1.0, r.gauss(seconds, span))], kind


def features(row):
    return [math.log(row[0]) / 7, math.log(row[1]) / 7]


def scores(weights, x):
    return [w[0] * x[0] + w[1] * x[1] + w[2] for w in weights]


def softmax(values):
    top = max(values)
    e = [math.exp(v - top) for v in values]
    return [v / sum(e) for v in e]


def train(data):
    weights = [[0.0, 0.0, 0.0] for _ in range(3)]
    for step in range(3000):
        gradient = [[0.0, 0.0, 0.0] for _ in range(3)]
        for row, kind in data:
            x = features(row)
            p = softmax(scores(weights, x))
            for k in range(3):
                error = (p[k] - (k == kind)) / len(data)
                for j, v in enumerate([*x, 1.0]):
                    gradient[k][j] += error * v
        for k in range(3):
            for j in range(3):
                weights[k][j] -= 8.0 * gradient[k][j]
    return weights


# ONNX is protobuf: a field is its number and type, then a varint or a length with bytes.
def varint(n):
    out = b""
    while n > 127:
        out += bytes([n & 127 | 128])
        n >>= 7
    return out + bytes([n])


def number(field, n):
    return varint(field << 3) + varint(n)


def block(field, body):
    body = body.encode() if isinstance(body, str) else body
    return varint(field << 3 | 2) + varint(len(body)) + body


def tensor(name, dims, values):
    return b"".join(number(1, d) for d in dims) + number(2, 1) + block(8, name) + block(9, struct.pack(f"<{len(values)}f", *values))


def value(name, dims):
    shape = b"".join(block(1, number(1, d)) for d in dims)
    return block(1, name) + block(2, block(1, number(1, 1) + block(2, shape)))


def node(kind, inputs, output):
    return b"".join(block(1, i) for i in inputs) + block(2, output) + block(3, output) + block(4, kind)


def onnx(weights):
    w = [weights[k][j] for j in range(2) for k in range(3)]
    graph = (block(1, node("MatMul", ["features", "w"], "product")) + block(1, node("Add", ["product", "b"], "kind")) +
             block(2, "visits") + block(5, tensor("w", [2, 3], w)) + block(5, tensor("b", [1, 3], [k[2] for k in weights])) +
             block(11, value("features", [1, 2])) + block(12, value("kind", [1, 3])))
    return number(1, 8) + block(2, "feeder-scale") + block(7, graph) + block(8, block(1, "") + number(2, 13))


def npy(path, kind, shape, body):
    text = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode() + body)


def main():
    seed, rows, out = int(sys.argv[1]), int(sys.argv[2]), pathlib.Path(sys.argv[3])
    out.mkdir(parents=True, exist_ok=True)
    data = list(weighings(seed, rows))
    weights = train(data)
    (out / "visits.onnx").write_bytes(onnx(weights))
    (out / "training.csv").write_text("grams,seconds,kind\n" + "".join(f"{r[0]:.1f},{r[1]:.1f},{list(KINDS)[k]}\n" for r, k in data))
    test = list(weighings(7, 240))
    npy(out / "inputs.npy", "<f4", (240, 2), b"".join(struct.pack("<2f", *features(row)) for row, _ in test))
    npy(out / "labels.npy", "<i8", (240,), struct.pack("<240q", *(kind for _, kind in test)))
    with (out / "test.ndjson").open("w") as f:
        for i, (row, kind) in enumerate(test):
            s = scores(weights, features(row))
            f.write(json.dumps({"sample": i, "correct": s.index(max(s)) == kind}) + "\n")


main()
