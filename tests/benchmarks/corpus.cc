#include "corpus.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace duolex::corpus {
namespace {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 0x632be59bd9b4e019ULL) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return next() % n; }
  // Small numbers more often: a few packages have most of the advisories.
  std::uint64_t skewed(std::uint64_t n) { return below(below(below(n) + 1) + 1); }

 private:
  std::uint64_t state_;
};

constexpr auto words = std::to_array<std::string_view>(
    {"buffer", "parser", "stream", "token", "render", "socket", "cache", "graph", "image", "codec", "proxy", "queue", "route", "shell", "store",
     "table", "vector", "widget", "config", "crypto", "engine", "filter", "kernel", "loader", "memory", "packet", "reader", "schema", "server",
     "thread", "update", "writer", "archive", "browser", "cluster", "decoder", "element", "gateway", "handler", "library", "network", "session"});

std::string hex(Random& r, std::size_t digits) {
  static constexpr char alphabet[] = "0123456789abcdef";
  std::string out;
  for (std::uint64_t bits = 0; out.size() < digits; bits >>= 4) {
    if (out.size() % 16 == 0) bits = r.next();
    out.push_back(alphabet[bits & 15]);
  }
  return out;
}

std::string two(std::uint64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

std::string time(Random& r, std::uint64_t year) {
  return std::to_string(year) + "-" + two(1 + r.below(12)) + "-" + two(1 + r.below(28)) + "T" + two(r.below(24)) + ":" + two(r.below(60)) + ":" + two(r.below(60)) + "Z";
}

void prose(std::string& out, Random& r, std::size_t length) {
  for (const std::size_t end = out.size() + length; out.size() < end; out.push_back(' ')) out += words[r.below(words.size())];
  out.back() = '.';
}

// The name of the package with a number. Different numbers, different names.
std::string package_name(std::uint64_t number) {
  std::string out(words[number % words.size()]);
  out += '-';
  out += words[number / words.size() % words.size()];
  if (const std::uint64_t rest = number / words.size() / words.size(); rest != 0) out += std::to_string(rest);
  return out;
}

std::string dotted(Random& r) { return std::to_string(r.skewed(20)) + "." + std::to_string(r.below(30)) + "." + std::to_string(r.below(20)); }

struct Ecosystem {
  std::string_view name, id, range, purl;
  unsigned share;           // of a thousand records
  std::uint64_t packages;
  unsigned entries;         // of `affected`, at most
  unsigned versions;        // listed, at most
  std::size_t prose;
};

// Shares after the public list of what a million records hold: malicious packages and distributions are most of it.
constexpr auto ecosystems = std::to_array<Ecosystem>({
    {"npm", "MAL", "", "npm", 300, 400'000, 1, 4, 700},
    {"PyPI", "MAL", "", "pypi", 60, 60'000, 1, 6, 700},
    {"Debian:12", "DEBIAN-CVE", "ECOSYSTEM", "deb/debian", 110, 30'000, 3, 0, 300},
    {"Ubuntu:22.04:LTS", "UBUNTU-CVE", "ECOSYSTEM", "deb/ubuntu", 110, 30'000, 6, 4, 700},
    {"SUSE:Linux Enterprise Server 15 SP5", "SUSE-SU", "ECOSYSTEM", "rpm/suse", 70, 20'000, 14, 0, 1500},
    {"Red Hat:enterprise_linux:9::appstream", "RHSA", "ECOSYSTEM", "rpm/redhat", 70, 20'000, 14, 0, 600},
    {"AlmaLinux:9", "ALSA", "ECOSYSTEM", "rpm/almalinux", 20, 9'000, 12, 0, 900},
    {"Alpine:v3.19", "ALPINE-CVE", "ECOSYSTEM", "apk/alpine", 20, 3'000, 2, 3, 200},
    {"", "CVE", "GIT", "", 140, 60'000, 1, 8, 900},
    {"npm", "GHSA", "SEMVER", "npm", 20, 9'000, 2, 0, 1200},
    {"PyPI", "PYSEC", "ECOSYSTEM", "pypi", 15, 4'000, 1, 60, 600},
    {"Maven", "GHSA", "ECOSYSTEM", "maven", 15, 6'000, 2, 20, 1200},
    {"Go", "GO", "SEMVER", "golang", 10, 4'000, 2, 0, 500},
    {"Packagist", "GHSA", "ECOSYSTEM", "composer", 10, 4'000, 1, 12, 1000},
    {"crates.io", "RUSTSEC", "SEMVER", "cargo", 5, 2'000, 1, 0, 500},
    {"RubyGems", "GHSA", "ECOSYSTEM", "gem", 5, 1'500, 1, 10, 800},
    {"NuGet", "GHSA", "ECOSYSTEM", "nuget", 5, 1'500, 2, 8, 700},
    {"Bitnami", "BIT", "SEMVER", "bitnami", 15, 400, 1, 0, 800},
});

const Ecosystem& ecosystem_of(Random& r) {
  std::uint64_t n = r.below(1000);
  for (const Ecosystem& e : ecosystems) {
    if (n < e.share) return e;
    n -= e.share;
  }
  return ecosystems.front();
}

std::string name_in(const Ecosystem& e, std::uint64_t number) {
  const std::string name = package_name(number);
  if (e.purl == "maven") return "org." + std::string(words[number % 7]) + ":" + name;
  if (e.purl == "golang") return "example.com/" + std::string(words[number % 11]) + "/" + name;
  if (e.purl == "composer") return std::string(words[number % 13]) + "/" + name;
  return name;
}

std::string version_in(const Ecosystem& e, Random& r) {
  if (e.purl.starts_with("deb/")) return dotted(r) + "-" + std::to_string(1 + r.below(9)) + (r.below(2) == 0 ? "+deb12u1" : "");
  if (e.purl.starts_with("rpm/")) return "0:" + dotted(r) + "-" + std::to_string(r.below(40)) + ".el9_" + std::to_string(r.below(5));
  if (e.purl.starts_with("apk/")) return dotted(r) + "-r" + std::to_string(r.below(9));
  return dotted(r);
}

void events(std::string& out, const Ecosystem& e, Random& r) {
  out += R"([{"introduced":")";
  out += r.below(3) != 0 ? "0" : version_in(e, r);
  out += "\"}";
  if (r.below(20) < 18) out += R"(,{"fixed":")" + version_in(e, r) + "\"}";
  else if (r.below(2) == 0) out += R"(,{"last_affected":")" + version_in(e, r) + "\"}";
  out += "]";
}

void affected(std::string& out, const Ecosystem& e, Random& r, std::uint64_t package, Random& edition) {
  out += "{";
  if (!e.name.empty()) {
    out += R"("package":{"ecosystem":")";
    out += e.name;
    out += R"(","name":")" + name_in(e, package) + R"(","purl":"pkg:)";
    out += e.purl;
    out += "/" + package_name(package) + "\"},";
  }
  out += R"("ranges":[)";
  if (e.range == "GIT") {
    out += R"({"type":"GIT","repo":"https://example.com/)" + package_name(package) + R"(.git","events":[{"introduced":"0"},{"fixed":")" + hex(r, 40) + "\"}]}";
  } else if (!e.range.empty()) {
    out += R"({"type":")";
    out += e.range;
    out += R"(","events":)";
    events(out, e, edition);
    out += "}";
  } else if (r.below(2) == 0) {
    out += R"({"type":"SEMVER","events":[{"introduced":"0"}]})";
  }
  out += R"(],"versions":[)";
  const std::uint64_t versions = e.versions == 0 ? 0 : 1 + r.skewed(e.versions);
  for (std::uint64_t i = 0; i < versions; ++i) {
    if (i != 0) out += ",";
    out += "\"" + version_in(e, r) + "\"";
  }
  out += R"(],"database_specific":{"source":"https://example.com/advisories/)" + hex(r, 12) + ".json\"}}";
}

void reference(std::string& out, Random& r) {
  out += R"({"type":"WEB","url":"https://example.com/)";
  out += words[r.below(words.size())];
  out += "/" + hex(r, 16) + "\"}";
}

}  // namespace

void append_record(std::string& out, std::uint64_t number, unsigned edition) {
  Random r(number), changing(number * 1000 + edition);
  const Ecosystem& e = ecosystem_of(r);
  const std::uint64_t year = 2010 + r.below(16);
  const std::string serial = std::to_string(year) + "-" + std::to_string(number);
  out += R"({"schema_version":"1.7.0","id":")";
  out += e.id;
  out += "-" + serial + R"(","published":")" + time(r, year) + R"(","modified":")" + time(r, 2026 + edition) + R"(","aliases":[)";
  if (e.id == "GHSA" || e.id == "PYSEC" || e.id == "GO") out += "\"CVE-" + serial + "\"";
  out += R"(],"upstream":[)";
  if (e.id.ends_with("-CVE")) out += "\"CVE-" + serial + "\"";
  else if (e.entries > 6)
    for (std::uint64_t i = 0, n = 1 + r.below(6); i < n; ++i) out += std::string(i == 0 ? "" : ",") + "\"CVE-" + std::to_string(year) + "-" + std::to_string(r.below(300'000)) + "\"";
  out += R"(],"summary":")";
  prose(out, r, 60);
  out += R"(","details":")";
  prose(out, r, e.prose / 2 + r.below(e.prose));
  out += R"(","affected":[)";
  const std::uint64_t entries = 1 + r.skewed(e.entries), package = r.skewed(e.packages);
  const std::uint64_t first = e.id == "MAL" ? 100'000'000 : 0;  // nobody's dependencies have the names of malicious packages
  for (std::uint64_t i = 0; i < entries; ++i) {
    if (i != 0) out += ",";
    affected(out, e, r, first + (package + i) % e.packages, changing);
  }
  out += R"(],"references":[)";
  for (std::uint64_t i = 0, n = 2 + r.below(6); i < n; ++i) {
    if (i != 0) out += ",";
    reference(out, r);
  }
  out += R"(],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:L/A:N"}],"database_specific":{"cwe_ids":["CWE-)";
  out += std::to_string(20 + r.below(1000)) + "\"],\"reviewed\":true}}\n";
}

std::string bill(std::size_t components, std::uint64_t seed) {
  Random r(seed);
  std::string out = R"({"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79","version":1,)"
                    R"("metadata":{"timestamp":"2026-11-01T00:00:00Z","component":{"type":"application","bom-ref":"subject","name":"subject","version":"1.0.0"}},"components":[)";
  std::string dependencies;
  for (std::size_t i = 0; i < components; ++i) {
    const auto& e = ecosystems[std::array<std::size_t, 16>{9, 9, 9, 9, 9, 10, 10, 10, 11, 11, 11, 12, 12, 13, 14, 2}[r.below(16)]];
    // Those that no advisory names have numbers behind the last package.
    const bool named = r.below(10) < 2;
    const std::uint64_t number = named ? r.below(e.packages) : e.packages + r.below(1'000'000);
    std::string name = package_name(number), group;
    if (e.purl == "maven") group = "org." + std::string(words[number % 7]);
    if (e.purl == "golang") group = "example.com/" + std::string(words[number % 11]);
    // Most are newer than what was fixed.
    const std::string version = (r.below(5) != 0 ? "2" : "") + version_in(e, r);
    const std::string purl = "pkg:" + std::string(e.purl) + "/" + (group.empty() ? "" : group + "/") + name + "@" + version + (e.purl == "deb/debian" ? "?arch=amd64&distro=debian-12" : "");
    const std::string ref = std::to_string(i) + "-" + name + "@" + version;
    out += (i == 0 ? "" : ",") + std::string(R"({"type":"library","bom-ref":")") + ref + R"(",)" + (group.empty() ? "" : R"("group":")" + group + R"(",)") + R"("name":")" + name +
           R"(","version":")" + version + R"(","purl":")" + purl + R"(","licenses":[{"license":{"id":"MIT"}}],"hashes":[{"alg":"SHA-256","content":")" + hex(r, 64) + "\"}]}";
    dependencies += std::string(i == 0 ? "" : ",") + R"({"ref":")" + ref + "\"}";
  }
  return out + R"(],"dependencies":[)" + dependencies + "]}";
}

}  // namespace duolex::corpus
