"""`duolex advisories update` against a server that fails in the ways servers do: update_test.py PROGRAM"""
import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile

from server import Served, Server

PROGRAM = sys.argv.pop(1)


def archive(records, filler=0):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as z:
        for r in records:
            z.writestr(zipfile.ZipInfo(r["id"] + ".json"), json.dumps(r))
        if filler:
            z.writestr(zipfile.ZipInfo("filler.txt"), os.urandom(filler))
    return out.getvalue()


def advisory(identifier, fixed):
    return {"id": identifier, "modified": "2026-01-01T00:00:00Z", "aliases": ["CVE-2026-1"],
            "affected": [{"package": {"ecosystem": "npm", "name": "x"}, "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]}]}


KEV = json.dumps({"catalogVersion": "2026.02.02", "dateReleased": "2026-02-02T00:00:00Z",
                  "vulnerabilities": [{"cveID": "CVE-2026-1", "dateAdded": "2026-02-02", "dueDate": "2026-03-01"}]}).encode()
EPSS = gzip.compress(b"#model_version:v2025.03.14,score_date:2026-02-03T00:00:00+0000\ncve,epss,percentile\nCVE-2026-1,0.5,0.9\n", mtime=0)


class Update(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        self.folder = tempfile.mkdtemp(prefix="duolex-update-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.zip = Served(archive([advisory("T-1", "1.1.0")], filler=300000))
        self.server.files = {"/npm/all.zip": self.zip, "/kev.json": Served(KEV), "/epss.csv.gz": Served(EPSS)}
        self.sources([{"name": "npm", "url": self.server.url + "/npm/all.zip", "file": "osv/npm.zip"},
                      {"name": "kev", "url": self.server.url + "/kev.json", "file": "kev.json"},
                      {"name": "epss", "url": self.server.url + "/epss.csv.gz", "file": "epss.csv.gz"}])

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def sources(self, entries):
        with open(self.path("sources.json"), "w") as f:
            json.dump({"format": 1, "sources": entries}, f)

    def command(self, *words):
        return [PROGRAM, "advisories", "update", self.path("feeds"), "--sources", self.path("sources.json"), "--format", "json", *words]

    def run_it(self, *words, status=0):
        done = subprocess.run(self.command(*words), capture_output=True, text=True, timeout=300)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.err = done.stderr
        said = json.loads(done.stdout)
        return {s["source"]: s for s in said["sources"]} | {"index": said["index"]}

    def held(self, name):
        with open(self.path("feeds", name), "rb") as f:
            return f.read()

    def left_over(self):
        return sorted(name for _, _, names in os.walk(self.path("feeds")) for name in names if ".part" in name)

    def asked(self, path):
        return [headers for p, headers in self.server.requests if p == path]

    def test_what_is_fetched_is_what_is_served_and_makes_the_index(self):
        said = self.run_it("--index", self.path("a.idx"))
        self.assertEqual({said[n]["status"] for n in ("npm", "kev", "epss")}, {"fetched"})
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
        self.assertEqual(said["npm"]["sha256"], hashlib.sha256(self.zip.body).hexdigest())
        self.assertEqual(said["index"]["records"]["stored"], 1)
        self.assertEqual(said["index"]["exploited"], 1)
        self.assertEqual(said["index"]["epss"]["date"], "2026-02-03")
        self.assertEqual(self.left_over(), [])
        with open(self.path("bill.json"), "w") as f:
            json.dump({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "library", "name": "x", "version": "1.0.0", "purl": "pkg:npm/x@1.0.0"}]}, f)
        scan = subprocess.run([PROGRAM, "scan", self.path("bill.json"), "--index", self.path("a.idx"), "--format", "json"], capture_output=True, text=True)
        self.assertEqual([(f["advisory"], f["exploited"]) for f in json.loads(scan.stdout)["findings"]], [("T-1", True)])

    def test_what_did_not_change_is_not_sent_again(self):
        first = self.run_it()
        again = self.run_it()
        self.assertEqual(again["npm"]["status"], "unchanged")
        self.assertEqual(again["npm"]["fetched"], first["npm"]["fetched"])
        self.assertEqual(self.asked("/npm/all.zip")[1].get("If-None-Match"), self.zip.tag())
        self.zip.body = archive([advisory("T-1", "1.2.0")])
        self.assertEqual(self.run_it()["npm"]["status"], "fetched")
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)

    def test_without_tags_the_bytes_tell(self):
        self.zip.etag = False
        self.run_it()
        self.assertEqual(self.run_it()["npm"]["status"], "unchanged")

    def test_a_copy_that_was_changed_here_is_fetched_anew(self):
        self.run_it()
        with open(self.path("feeds", "osv/npm.zip"), "r+b") as f:
            f.seek(100)
            f.write(b"damage")
        said = self.run_it()
        self.assertEqual(said["npm"]["status"], "fetched")
        self.assertIn("its SHA-256 differs", said["npm"]["problems"][0]["message"])
        self.assertNotIn("If-None-Match", self.asked("/npm/all.zip")[1])
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)

    def test_a_connection_that_is_cut_is_taken_up_where_it_ended(self):
        self.zip.faults = [("cuts", 100000), ("cuts", 50000), ("cuts", 50000)]
        said = self.run_it()
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
        self.assertEqual([h.get("Range") for h in self.asked("/npm/all.zip")], [None, "bytes=100000-", "bytes=150000-", "bytes=200000-"])
        self.assertEqual(said["npm"]["resumed_from"], 200000)

    def test_a_server_without_parts_begins_anew(self):
        self.zip.parts = False
        self.zip.faults = [("cuts", 100000)]
        self.run_it()
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)

    def test_a_file_that_changes_in_between_is_not_put_together_of_two(self):
        self.zip.faults = [("cuts", 100000)] * 4
        self.zip.parts = False
        self.run_it("--only", "npm", status=65)
        self.assertEqual(len(self.left_over()), 2)
        self.zip.parts = True
        self.zip.faults = []
        self.zip.body = archive([advisory("T-2", "3.0.0")], filler=300000)
        self.run_it("--only", "npm")
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
        self.assertEqual(self.left_over(), [])

    def test_a_server_that_heeds_range_alone(self):
        self.zip.heeds_if_range = False
        self.zip.faults = [("cuts", 100000), 400]
        self.run_it("--only", "npm", status=65)
        self.assertEqual(os.path.getsize(self.path("feeds", "osv/npm.zip.part")), 100000)
        self.zip.body = archive([advisory("T-2", "3.0.0")], filler=300000)  # of the same length
        self.run_it("--only", "npm")
        self.assertEqual([h.get("Range") for h in self.asked("/npm/all.zip")], [None, "bytes=100000-", "bytes=100000-", None])
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)

    def test_a_length_that_is_not_true(self):
        self.run_it()
        before = self.held("osv/npm.zip")
        self.zip.body = archive([advisory("T-2", "2.0.0")], filler=300000)
        self.zip.faults = [("claims", 1000)] * 20  # more than there is
        said = self.run_it(status=65)
        self.assertEqual(said["npm"]["status"], "failed")
        self.assertEqual(self.held("osv/npm.zip"), before)
        self.zip.faults = [("claims", -5000)]  # less than there is: the end of the zip file is missing
        shutil.rmtree(self.path("feeds"))
        said = self.run_it("--only", "npm", status=65)
        self.assertIn("its end is missing", said["npm"]["problems"][0]["message"])
        self.assertEqual(self.left_over(), [])
        self.assertFalse(os.path.exists(self.path("feeds", "osv/npm.zip")))

    def test_errors_of_the_server(self):
        self.zip.faults = [500, 503]
        self.run_it()
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
        self.zip.faults = [500] * 20
        before = len(self.asked("/npm/all.zip"))
        said = self.run_it("--index", self.path("a.idx"), status=65)
        self.assertIn("HTTP 500", said["npm"]["problems"][0]["message"])
        self.assertLess(len(self.asked("/npm/all.zip")) - before, 6)
        self.assertTrue(said["npm"]["there"])  # the copy from before stays, and the index is of it
        self.assertEqual(said["index"]["records"]["stored"], 1)
        self.zip.faults = [403]
        self.run_it(status=65)

    def test_a_server_that_asks_to_be_left_alone(self):
        self.zip.faults = [("later", 2)]
        begun = time.monotonic()
        self.run_it("--only", "npm")
        self.assertGreaterEqual(time.monotonic() - begun, 2)
        self.assertEqual(len(self.asked("/npm/all.zip")), 2)
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
        for later in (3600, "Wed, 01 Jan 2098 00:00:00 GMT"):
            self.zip.faults = [("later", later)] * 5
            before = len(self.asked("/npm/all.zip"))
            said = self.run_it("--only", "npm", status=65)
            self.assertIn("it answered with HTTP 429 and asks to be left alone for", said["npm"]["problems"][0]["message"])
            self.assertEqual(len(self.asked("/npm/all.zip")) - before, 1)
            self.assertTrue(said["npm"]["there"])
        for nonsense in ("", "soon", "-5", "Wed, 01 Jan 1998 00:00:00 GMT", "99999999999999999999999"):
            self.zip.faults = [("later", nonsense)]  # as if it had said nothing
            self.run_it("--only", "npm")

    def test_a_body_without_length_that_ends_early(self):
        self.run_it()
        kev, epss = self.server.files["/kev.json"], self.server.files["/epss.csv.gz"]
        for served, name, file in ((self.zip, "npm", "osv/npm.zip"), (kev, "kev", "kev.json"), (epss, "epss", "epss.csv.gz")):
            before = self.held(file)
            served.etag = False
            for kind in ("chunk-cuts", "no-length"):
                served.faults = [(kind, len(served.body) - 7)] * 20
                said = self.run_it("--only", name, status=65)
                self.assertEqual(said[name]["status"], "failed", (name, kind))
                self.assertEqual(self.held(file), before)
                if kind == "no-length":  # nothing tells that it broke off but its form
                    self.assertEqual(self.left_over(), [], name)
            served.faults = []
        self.run_it()
        self.assertEqual(self.left_over(), [])

    def test_lines_and_tables_that_end_early(self):
        lines = Served(b"".join(json.dumps(advisory(f"T-{i}", "1.0.0")).encode() + b"\n" for i in range(3)))
        table = Served(gzip.decompress(EPSS) + b"CVE-2026-2,0.25,0.5\n")
        self.server.files |= {"/a.ndjson": lines, "/epss.csv": table, "/a.ndjson.gz": Served(gzip.compress(lines.body, mtime=0))}
        self.sources([{"name": "lines", "url": self.server.url + "/a.ndjson", "file": "a.ndjson"}, {"name": "table", "url": self.server.url + "/epss.csv", "file": "epss.csv"},
                      {"name": "packed", "url": self.server.url + "/a.ndjson.gz", "file": "a.ndjson.gz"}])
        said = self.run_it("--index", self.path("a.idx"))
        self.assertEqual(said["index"]["records"]["stored"], 3)
        held = self.held("a.ndjson"), self.held("epss.csv")
        for served in (lines, table):
            served.etag = False
            served.faults = [("no-length", len(served.body) - 9)] * 20
        self.server.files["/a.ndjson.gz"].body = gzip.compress(lines.body[:-9], mtime=0)
        said = self.run_it("--index", self.path("a.idx"), status=65)
        self.assertIn("its last line is no JSON", said["lines"]["problems"][0]["message"])
        self.assertIn("its last line is not whole", said["table"]["problems"][0]["message"])
        self.assertIn("its last line is no JSON", said["packed"]["problems"][0]["message"])
        self.assertEqual((self.held("a.ndjson"), self.held("epss.csv")), held)
        self.assertEqual(said["index"]["records"]["stored"], 3)

    def test_an_answer_in_json_that_is_no_catalogue(self):
        self.run_it("--index", self.path("a.idx"))
        kev = self.server.files["/kev.json"]
        for body in (b'{"message": "API rate limit exceeded"}', b"[]", b"{}", b'"x"', b'{"vulnerabilities": "none"}'):
            kev.body = body
            said = self.run_it("--index", self.path("a.idx"), status=65)
            self.assertEqual(said["kev"]["status"], "failed", body)
            self.assertEqual(self.held("kev.json"), KEV)
            self.assertEqual(said["index"]["exploited"], 1)  # an index without it would tell of no exploitation
        kev.body = KEV
        self.server.files["/epss.csv.gz"].body = gzip.compress(b"rate limit exceeded\n", mtime=0)
        self.assertEqual(self.run_it(status=65)["epss"]["status"], "failed")
        self.assertEqual(self.held("epss.csv.gz"), EPSS)

    def test_pages_for_files_of_any_kind(self):
        page = Served(b"<!DOCTYPE html><html>Please log in</html>", headers={"Content-Type": "text/html"})
        kinds = ("a.json", "a.ndjson", "a.csv", "a.yaml", "a.zip", "a.json.gz", "a.csv.zst", "a.ndjson.xz")
        self.server.files = {"/" + k: page for k in kinds}
        self.sources([{"name": k.replace(".", "-"), "url": self.server.url + "/" + k, "file": k} for k in kinds])
        said = self.run_it(status=65)
        self.assertEqual([k for k in kinds if said[k.replace(".", "-")]["there"]], [])
        self.assertEqual(self.left_over(), [])

    def test_redirections_without_an_address(self):
        self.server.files["/kev.json"].faults = [302]
        said = self.run_it("--only", "kev", status=65)
        self.assertIn("HTTP 302", said["kev"]["problems"][0]["message"])

    def test_what_is_not_there_leaves_the_index_alone(self):
        del self.server.files["/kev.json"]
        said = self.run_it("--index", self.path("a.idx"), status=65)
        self.assertIsNone(said["index"])
        self.assertFalse(os.path.exists(self.path("a.idx")))
        self.assertIn("of 1 source there is no copy", self.err)

    def test_redirections(self):
        self.server.files["/latest"] = Served(b"")
        self.server.files["/latest"].redirect = self.server.url + "/kev.json"
        self.sources([{"name": "kev", "url": self.server.url + "/latest", "file": "kev.json"}])
        self.run_it()
        self.assertEqual(self.held("kev.json"), KEV)
        for elsewhere in ("file:///etc/hostname", "ftp://127.0.0.1/x", "gopher://127.0.0.1:1/x"):
            self.server.files["/latest"].redirect = elsewhere
            said = self.run_it(status=65)
            self.assertIn("leads to an address of a kind that is not taken", said["kev"]["problems"][0]["message"])
            self.assertEqual(self.held("kev.json"), KEV)
        self.server.files["/latest"].redirect = self.server.url + "/latest"
        self.assertIn("on and on", self.run_it(status=65)["kev"]["problems"][0]["message"])

    def test_a_page_of_a_hotel_is_no_advisory(self):
        page = b"<html>Please log in</html>"
        for path in self.server.files:
            self.server.files[path] = Served(page)
        said = self.run_it(status=65)
        self.assertEqual([n for n in ("npm", "kev", "epss") if said[n]["there"]], [])
        self.assertIn("is no zip file", said["npm"]["problems"][0]["message"])

    def test_more_than_is_taken(self):
        big = Served(b"{" + b" " * (2 << 20) + b"}")
        self.server.files["/big.json"] = big
        self.sources([{"name": "big", "url": self.server.url + "/big.json", "file": "big.json", "limit_mb": 1}])
        self.assertIn("is larger than 1048576 bytes", self.run_it(status=65)["big"]["problems"][0]["message"])
        big.faults = [("claims", -(2 << 20) + 100)]
        self.run_it(status=65)
        self.assertEqual(self.left_over(), [])

    def test_published_hashes(self):
        md5 = base64.b64encode(hashlib.md5(self.zip.body).digest()).decode()
        self.zip.headers = {"x-goog-hash": "crc32c=AAAAAA==,md5=" + md5}
        kev = self.server.files["/kev.json"]
        kev.headers = {"Repr-Digest": "sha-256=:" + base64.b64encode(hashlib.sha256(KEV).digest()).decode() + ":"}
        said = self.run_it()
        self.assertEqual((said["npm"]["agrees_with"], said["kev"]["agrees_with"], said["epss"]["agrees_with"]), ("md5", "sha256", ""))
        shutil.rmtree(self.path("feeds"))
        self.zip.headers = {"x-goog-hash": "md5=" + base64.b64encode(b"0" * 16).decode()}
        self.assertIn("its MD5 differs", self.run_it(status=65)["npm"]["problems"][0]["message"])
        self.zip.headers = {}
        self.server.files["/sums"] = Served(("0" * 64 + "  other.zip\n" + hashlib.sha256(self.zip.body).hexdigest() + "  all.zip\n").encode())
        entry = {"name": "npm", "url": self.server.url + "/npm/all.zip", "file": "osv/npm.zip", "sha256_url": self.server.url + "/sums"}
        self.sources([entry])
        self.assertEqual(self.run_it()["npm"]["agrees_with"], "sha256")
        shutil.rmtree(self.path("feeds"))
        self.server.files["/sums"].body = b"1" * 64 + b" *all.zip\n"
        self.assertIn("its SHA-256 differs", self.run_it(status=65)["npm"]["problems"][0]["message"])
        self.server.files["/sums"].body = b"1" * 64 + b"  a.zip\n" + b"2" * 64 + b"  b.zip\n"
        self.assertIn("does not name it", self.run_it(status=65)["npm"]["problems"][0]["message"])
        self.sources([{"name": "npm", "url": self.server.url + "/npm/all.zip", "file": "osv/npm.zip", "sha256": "0" * 64}])
        self.run_it(status=65)
        self.assertFalse(os.path.exists(self.path("feeds", "osv/npm.zip")))

    def test_a_folder_as_mirror(self):
        self.run_it()
        os.rename(self.path("feeds"), self.path("mirror"))
        self.server.files = {}
        for place in (self.path("mirror"), "file://" + self.path("mirror")):
            said = self.run_it("--mirror", place)
            self.assertEqual(said["npm"]["agrees_with"], "mirror")
            self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
            self.assertEqual(self.run_it("--mirror", place)["npm"]["status"], "unchanged")
            shutil.rmtree(self.path("feeds"))
        with open(self.path("mirror", "osv/npm.zip"), "r+b") as f:
            f.seek(50000)
            f.write(b"damage")
        said = self.run_it("--mirror", self.path("mirror"), status=65)
        self.assertIn("differs from the one in the mirror's record", said["npm"]["problems"][0]["message"])
        os.remove(self.path("mirror", "kev.json"))
        self.assertIn("there is no such file", self.run_it("--mirror", self.path("mirror"), "--only", "kev", status=65)["kev"]["problems"][0]["message"])

    def test_a_mirror_that_is_a_server(self):
        self.run_it()
        mirrored = {"/m/" + name: Served(self.held(name)) for name in ("osv/npm.zip", "kev.json", "epss.csv.gz", "advisories.record")}
        shutil.rmtree(self.path("feeds"))
        self.server.files = mirrored
        self.assertEqual(self.run_it("--mirror", self.server.url + "/m/")["kev"]["agrees_with"], "mirror")

    def test_addresses_of_files(self):
        with open(self.path("a b.json"), "wb") as f:
            f.write(KEV)
        self.sources([{"name": "kev", "url": "file://" + self.path("a%20b.json"), "file": "kev.json"}])
        self.assertEqual(self.run_it()["kev"]["status"], "fetched")
        self.assertEqual(self.held("kev.json"), KEV)

    def test_killed_in_the_middle_then_gone_on_with(self):
        self.run_it()
        before = self.held("osv/npm.zip")
        self.zip.body = archive([advisory("T-1", "9.0.0")], filler=16 << 20)
        for kill in (signal.SIGKILL, signal.SIGTERM):
            self.server.waiting.clear()
            self.zip.faults = [("slow", 3 << 20)]
            running = subprocess.Popen(self.command("--only", "npm"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self.assertTrue(self.server.waiting.wait(300))
            for _ in range(30000):
                if os.path.exists(self.path("feeds", "osv/npm.zip.part")) and os.path.getsize(self.path("feeds", "osv/npm.zip.part")) >= 2 << 20:
                    break
                time.sleep(0.01)
            running.send_signal(kill)
            running.wait(300)
            self.assertEqual(self.held("osv/npm.zip"), before)
        self.server.go_on.set()
        size = os.path.getsize(self.path("feeds", "osv/npm.zip.part"))
        self.assertGreaterEqual(size, 2 << 20)
        said = self.run_it("--only", "npm")
        self.assertEqual(said["npm"]["resumed_from"], size)
        # Not only the last: what a killed run had asked may be written down after it.
        self.assertIn(f"bytes={size}-", [asked.get("Range") for asked in self.asked("/npm/all.zip")])
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
        self.assertEqual(self.left_over(), [])

    def test_killed_at_any_moment(self):
        good = {self.zip.body}
        self.run_it("--only", "npm")
        for i in range(25):
            self.zip.body = archive([advisory("T-1", f"{i}.0.0")], filler=200000)
            good.add(self.zip.body)
            running = subprocess.Popen(self.command("--only", "npm"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.004 * i)
            running.kill()
            running.wait(300)
            self.assertIn(self.held("osv/npm.zip"), good)
        self.run_it("--only", "npm")
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)
        self.assertEqual(self.left_over(), [])

    def test_two_at_once(self):
        self.zip.faults = [("slow", 1000)]
        running = subprocess.Popen(self.command("--only", "npm"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.assertTrue(self.server.waiting.wait(300))
        second = subprocess.run(self.command("--only", "npm"), capture_output=True, text=True, timeout=300)
        self.assertEqual(second.returncode, 73)
        self.assertIn("is at work in this folder", second.stderr)
        self.server.go_on.set()
        self.assertEqual(running.wait(300), 0)
        self.assertEqual(self.held("osv/npm.zip"), self.zip.body)


if __name__ == "__main__":
    if shutil.which("curl") is None:
        print("skipped: there is no curl")
        sys.exit(77)
    unittest.main()
