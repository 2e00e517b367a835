"""A second way to a counter-example: a reader of small ONNX networks and of VNN-LIB properties that shares nothing with
the program. Outputs are computed as fractions where every operator allows it, so without any rounding."""
import fractions
import gzip
import re
import struct


def content(path):
    data = path.read_bytes()
    return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data


def fields(data):
    at = 0

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
    while at < len(data):
        key = varint()
        if key & 7 == 0:
            yield key >> 3, varint()
        else:
            size = varint() if key & 7 == 2 else {5: 4, 1: 8}[key & 7]
            yield key >> 3, data[at:at + size]
            at += size


def tensor(data):
    dims, kind, name, values = [], 0, "", []
    for number, value in fields(data):
        if number == 1:
            dims += [value] if isinstance(value, int) else [v for _, v in [(0, x) for x in value]]
        elif number == 2:
            kind = value
        elif number == 8:
            name = value.decode()
        elif number in (4, 9):
            values += struct.unpack("<%d%s" % (len(value) // (8 if kind == 7 else 4), "q" if kind == 7 else "f"), value)
        elif number == 7:
            raise NotImplementedError("whole numbers that are packed")
    return name, (dims, [fractions.Fraction(v) for v in values])


def product(a, b):
    (m, k), (k2, n) = a[0], b[0]
    assert k == k2
    return [m, n], [sum(a[1][i * k + t] * b[1][t * n + j] for t in range(k)) for i in range(m) for j in range(n)]


def broadcast(a, b, f):
    size = max(len(a[1]), len(b[1]))
    if size % len(a[1]) or size % len(b[1]):
        raise NotImplementedError("a broadcast of another kind")
    return (a if len(a[1]) == size else b)[0], [f(a[1][i % len(a[1])], b[1][i % len(b[1])]) for i in range(size)]


class Network:
    """Dense networks with Relu; anything else raises NotImplementedError."""

    def __init__(self, path):
        graph = next(value for number, value in fields(content(path)) if number == 7)
        self.constants, self.nodes, inputs, outputs = {}, [], [], []
        for number, value in fields(graph):
            if number == 1:
                self.nodes.append(value)
            elif number == 5:
                name, made = tensor(value)
                self.constants[name] = made
            elif number in (11, 12):
                (inputs if number == 11 else outputs).append(next(v for n, v in fields(value) if n == 1).decode())
        self.input = next(name for name in inputs if name not in self.constants)
        self.output = outputs[0]

    def __call__(self, x):
        values = dict(self.constants)
        values[self.input] = [1, len(x)], [fractions.Fraction(v) for v in x]
        for node in self.nodes:
            names, made, op, attributes = [], [], "", {}
            for number, value in fields(node):
                if number == 1:
                    names.append(value.decode())
                elif number == 2:
                    made.append(value.decode())
                elif number == 4:
                    op = value.decode()
                elif number == 5:
                    parts = list(fields(value))
                    key = next(v for n, v in parts if n == 1).decode()
                    attributes[key] = next((v for n, v in parts if n in (2, 3, 5)), None)
            if op == "Constant":
                values[made[0]] = tensor(attributes["value"])[1]
                continue
            a = values[names[0]]
            if op in ("Flatten", "Reshape", "Identity"):
                result = [1, len(a[1])], a[1]
            elif op == "Relu":
                result = a[0], [max(v, fractions.Fraction(0)) for v in a[1]]
            elif op in ("Add", "Sub"):
                result = broadcast(a, values[names[1]], (lambda p, q: p + q) if op == "Add" else (lambda p, q: p - q))
            elif op == "MatMul":
                result = product(a, values[names[1]])
            elif op == "Gemm":
                b = values[names[1]]
                if attributes.get("transA") or any(struct.unpack("<f", attributes.get(k, b"\0\0\x80?"))[0] != 1 for k in ("alpha", "beta")):
                    raise NotImplementedError("a Gemm of another form")
                if attributes.get("transB"):
                    rows, columns = b[0]
                    b = [columns, rows], [b[1][i * columns + j] for j in range(columns) for i in range(rows)]
                result = broadcast(product(a, b), values[names[2]], lambda p, q: p + q)
            else:
                raise NotImplementedError(op)
            values[made[0]] = result
        return values[self.output][1]


def holds(path, values):
    """Whether every assertion of the property is true of these numbers: a counter-example makes them so."""
    tokens = re.findall(r"[()]|[^\s()]+", re.sub(r";.*", "", content(path).decode()))

    def term(at):
        if tokens[at] != "(":
            return tokens[at], at + 1
        parts, at = [], at + 1
        while tokens[at] != ")":
            part, at = term(at)
            parts.append(part)
        return parts, at + 1

    def value(t):
        if isinstance(t, str):
            return values[t] if t in values else fractions.Fraction(t)
        raise NotImplementedError(t[0])

    def true(t):
        if t[0] in ("and", "or"):
            return (all if t[0] == "and" else any)(true(part) for part in t[1:])
        return {"<=": lambda a, b: a <= b, ">=": lambda a, b: a >= b, "<": lambda a, b: a < b, ">": lambda a, b: a > b}[t[0]](value(t[1]), value(t[2]))
    at, asserted = 0, 0
    while at < len(tokens):
        statement, at = term(at)
        if statement[0] == "assert":
            asserted += 1
            if not true(statement[1]):
                return False
    return asserted > 0
