"""A server of files on this machine that does what servers do: tags, parts, redirections, and a number of faults."""
import hashlib
import http.server
import threading

TIME = "Mon, 02 Nov 2026 10:00:00 GMT"


class Served:
    """What one path answers. `faults` is used up from its beginning, one for each request."""

    def __init__(self, body, etag=True, parts=True, headers=None):
        self.body = body
        self.etag = etag
        self.parts = parts
        self.headers = headers or {}
        self.heeds_if_range = True
        self.faults = []
        self.redirect = None

    def tag(self):
        return '"' + hashlib.sha256(self.body).hexdigest()[:12] + '"'


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            pass  # who asked is gone

    def do_GET(self):
        server = self.server.owner
        path = self.path.split("?")[0]
        server.requests.append((path, dict(self.headers)))
        served = server.files.get(path)
        if served is None:
            return self.answer(404, {}, b"nothing here")
        fault = served.faults.pop(0) if served.faults else None
        if served.redirect:
            return self.answer(302, {"Location": served.redirect}, b"elsewhere")
        if isinstance(fault, int):
            return self.answer(fault, {}, b"HTTP " + str(fault).encode())
        if fault and fault[0] == "later":  # asks to be left alone: seconds, or a date
            return self.answer(429, {"Retry-After": str(fault[1])}, b"{\"message\": \"rate limit exceeded\"}")
        if fault and fault[0] in ("chunk-cuts", "no-length"):  # says no length, and ends after so many bytes
            return self.without_length(served.body[:fault[1]], chunked=fault[0] == "chunk-cuts")
        headers = dict(served.headers)
        if served.etag:
            headers["ETag"] = served.tag()
            headers["Last-Modified"] = TIME
        if served.etag and self.headers.get("If-None-Match") == served.tag():
            return self.answer(304, headers, None)
        status, body = 200, served.body
        wanted = self.headers.get("Range")
        if wanted and served.parts and (not served.heeds_if_range or self.headers.get("If-Range") in (None, served.tag(), TIME)):
            first = int(wanted[len("bytes="):-1])
            if first >= len(served.body):
                return self.answer(416, {"Content-Range": f"bytes */{len(served.body)}"}, b"")
            status, body = 206, served.body[first:]
            headers["Content-Range"] = f"bytes {first}-{len(served.body) - 1}/{len(served.body)}"
        self.answer(status, headers, body, fault)

    def without_length(self, body, chunked):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked") if chunked else None
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(body), body) if chunked else body)

    def answer(self, status, headers, body, fault=None):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        length = 0 if body is None else len(body)
        kind, amount = fault or (None, 0)
        if kind == "claims":  # a length that is not the body's
            length += amount
        if body is not None:
            self.send_header("Content-Length", str(length))
        if kind:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if body is None:
            return
        if kind == "cuts":
            body = body[:amount]
        if kind == "slow":  # hands out so many bytes, then waits for the other side to go
            self.wfile.write(body[:amount])
            self.wfile.flush()
            self.server.owner.waiting.set()
            self.server.owner.go_on.wait(300)
            self.close_connection = True
            return
        try:
            self.wfile.write(body[:length] if kind == "claims" and amount < 0 else body)
        except (BrokenPipeError, ConnectionResetError):
            pass


class Server:
    def __init__(self):
        self.files = {}
        self.requests = []
        self.waiting = threading.Event()
        self.go_on = threading.Event()
        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.owner = self
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.go_on.set()
        self.http.shutdown()
        self.http.server_close()
