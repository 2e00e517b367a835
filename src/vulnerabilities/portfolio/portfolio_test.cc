// One advisory against the portfolio says of every release what a scan of that release says.
#include "vulnerabilities/portfolio/portfolio.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>

#include "base/file.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/feeds/sources.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/portfolio/gather.h"

namespace duolex::vulnerabilities::portfolio {
namespace {

namespace fs = std::filesystem;

// By advisory: the releases that are affected, and those for which it cannot be told.
using Answers = std::map<std::string, std::pair<Releases, Releases>>;

Answers by_scanning(const std::vector<sbom::Sbom>& bills, const std::string& index_bytes) {
  Answers out;
  auto index = index::Index::over("index", index_bytes);
  for (std::uint32_t release = 0; release < bills.size(); ++release) {
    const auto matches = match(bills[release], *index);
    EXPECT_TRUE(matches);
    std::map<std::string, Status> worst;
    for (const Finding& f : matches->findings) {
      const auto [at, added] = worst.emplace(f.advisory, f.status);
      if (!added) at->second = std::min(at->second, f.status);
    }
    for (const auto& [advisory, status] : worst) {
      auto& [affected, unknown] = out[advisory];
      (status == Status::affected ? affected : unknown).push_back(release);
    }
  }
  return out;
}

Portfolio gathered(const std::vector<sbom::Sbom>& bills, std::vector<std::string>& bytes, std::size_t parts) {
  std::vector<Segment> segments;
  bytes.resize(parts);
  for (std::size_t part = 0; part < parts; ++part) {
    Gatherer gatherer;
    for (std::size_t i = bills.size() * part / parts; i < bills.size() * (part + 1) / parts; ++i) gatherer.add(static_cast<std::uint32_t>(i), bills[i]);
    bytes[part] = gatherer.finish();
    segments.push_back(std::move(*Segment::over("segment", bytes[part])));
  }
  return Portfolio(std::move(segments));
}

Answers by_portfolio(Portfolio& portfolio, const std::vector<index::Compiled>& advisories) {
  Answers out;
  std::vector<Hit> hits;
  for (const index::Compiled& advisory : advisories) {
    hits.clear();
    portfolio.evaluate(advisory, hits);
    if (hits.empty()) continue;
    Reached reached = releases_of(hits);
    out[advisory.id] = {reached.affected, reached.unknown};
  }
  EXPECT_TRUE(portfolio.whole());
  return out;
}

Answers by_evaluating_all(Portfolio& portfolio, const std::string& index_bytes) {
  auto index = index::Index::over("index", index_bytes);
  std::map<std::size_t, std::vector<Hit>> by_record;
  for (std::size_t part = 0; part < 3; ++part)
    portfolio.evaluate_part(*index, part, 3, [&](std::size_t record, std::string_view, const std::vector<Hit>& hits) {
      by_record[record].insert(by_record[record].end(), hits.begin(), hits.end());
    });
  Answers out;
  for (const auto& [record, hits] : by_record) {
    Reached reached = releases_of(hits);
    out[std::string(index->record_id(record))] = {reached.affected, reached.unknown};
  }
  EXPECT_TRUE(portfolio.whole());
  return out;
}

sbom::Sbom bill_of(const std::string& components) {
  auto bill = sbom::read_sbom("bom.json", R"({"bomFormat":"CycloneDX","specVersion":"1.5","components":[)" + components + "]}");
  EXPECT_TRUE(bill) << components;
  return std::move(*bill);
}

class Made {
 public:
  explicit Made(unsigned seed) : random_(seed) {}

  std::string version() {
    static const std::vector<std::string> odd = {"", "latest", "1.0", "1.0.0", "v1.0.0", "1:2.0-1", "1.0.0-rc.1", "1.0rc1", "2.0.0+build", "not a version", "1.0.0.post1", "01.2.3"};
    if (one_of(4)) return odd[random_() % odd.size()];
    return std::to_string(random_() % 4) + "." + std::to_string(random_() % 4) + "." + std::to_string(random_() % 3);
  }
  std::string component() {
    static const std::vector<std::string> packages = {"npm/a", "npm/b", "pypi/p_q", "maven/g/m", "deb/debian/d", "rpm/redhat/r", "gem/z", "odd/o", "huggingface/h/i"};
    const std::string& package = packages[random_() % packages.size()];
    const std::string v = version();
    std::string purl = "pkg:" + package + (v.empty() ? "" : "@" + encoded(v));
    if (package.starts_with("deb")) purl += one_of(3) ? "" : std::string("?distro=debian-1") + (one_of(2) ? "1" : "2") + (one_of(2) ? "&upstream=src@" + encoded(version()) : "");
    if (package.starts_with("rpm")) purl += one_of(2) ? "?distro=redhat-9" : "";
    std::string out = R"({"type":"library","name":"c","version":")" + (v.empty() && one_of(2) ? "1.0.0" : v) + R"(","purl":")" + purl + "\"";
    if (one_of(5)) out += R"(,"hashes":[{"alg":"SHA-256","content":")" + std::string(64, one_of(2) ? 'a' : 'b') + "\"}]";
    return out + "}";
  }
  std::string advisory(int number) {
    std::string affected;
    for (unsigned n = random_() % 3 + 1; n > 0; --n) affected += (affected.empty() ? "" : ",") + entry();
    return R"({"id":"T-)" + std::to_string(number) + R"(","modified":"2024-01-02T03:04:05Z","affected":[)" + affected + "]}";
  }
  bool one_of(unsigned n) { return random_() % n == 0; }
  unsigned below(unsigned n) { return random_() % n; }

 private:
  static std::string encoded(const std::string& version) {
    std::string out;
    for (const char c : version) out += c == ' ' ? "%20" : c == '+' ? "%2B" : c == ':' ? "%3A" : std::string(1, c);
    return out;
  }
  std::string event_version() { return one_of(6) ? "0" : one_of(12) ? "what ever" : version().empty() ? "1" : std::to_string(random_() % 4) + "." + std::to_string(random_() % 4) + ".0"; }
  std::string entry() {
    static const std::vector<std::pair<std::string, std::string>> packages = {
        {"npm", "a"}, {"npm", "b"}, {"PyPI", "P.Q"}, {"Maven", "g:m"}, {"Debian:11", "d"}, {"Debian:12", "src"}, {"Debian", "d"}, {"Red Hat:enterprise_linux:9", "r"}, {"RubyGems", "z"}, {"AI:huggingface", "h/i"}};
    if (one_of(12)) return R"({"package":{"ecosystem":"AI:file","name":"sha256:)" + std::string(64, 'a') + "\"}}";
    const auto& [ecosystem, name] = packages[random_() % packages.size()];
    std::string ranges;
    for (unsigned n = random_() % 3; n > 0; --n) {
      const std::string type = one_of(6) ? "GIT" : one_of(3) ? "SEMVER" : "ECOSYSTEM";
      std::string events = R"({"introduced":")" + event_version() + "\"}";
      if (!one_of(4)) events += std::string(",{\"") + (one_of(3) ? "last_affected" : one_of(6) ? "limit" : "fixed") + "\":\"" + event_version() + "\"}";
      ranges += (ranges.empty() ? "" : ",") + std::string(R"({"type":")") + type + R"(","events":[)" + events + "]}";
    }
    std::string versions;
    for (unsigned n = random_() % 3; n > 0; --n)
      if (const std::string v = version(); !v.empty()) versions += (versions.empty() ? "\"" : ",\"") + v + "\"";
    return R"({"package":{"ecosystem":")" + ecosystem + R"(","name":")" + name + R"("},"ranges":[)" + ranges + R"(],"versions":[)" + versions + "]}";
  }
  std::mt19937 random_;
};

std::vector<index::Compiled> compiled(const std::vector<std::string>& records) {
  std::vector<index::Compiled> out;
  RecordReader reader;
  for (std::string record : records) {
    const std::size_t size = record.size();
    record.append(RecordReader::padding, '\0');
    const auto read = reader.read("record", 0, {record.data(), size});
    EXPECT_TRUE(read) << record;
    if (read) out.push_back(index::compile(read->advisories.front()));
  }
  return out;
}

TEST(Portfolio, SaysWhatAScanOfEachReleaseSays) {
  std::size_t answered = 0;
  for (unsigned seed = 0; seed < 60; ++seed) {
    Made made(seed);
    std::vector<sbom::Sbom> bills;
    for (int i = 0; i < 12; ++i) {
      std::string components;
      for (unsigned n = made.below(6) + 1; n > 0; --n) components += (components.empty() ? "" : ",") + made.component();
      bills.push_back(bill_of(components));
    }
    std::vector<std::string> records;
    for (int i = 0; i < 25; ++i) records.push_back(made.advisory(i));
    const std::vector<index::Compiled> advisories = compiled(records);
    index::BuildReport report;
    const std::string index_bytes = index::lay_out(advisories, {}, {}, report);
    std::vector<std::string> segments;
    Portfolio portfolio = gathered(bills, segments, seed % 3 + 1);
    const Answers wanted = by_scanning(bills, index_bytes);
    EXPECT_EQ(by_portfolio(portfolio, advisories), wanted) << "seed " << seed;
    EXPECT_EQ(by_evaluating_all(portfolio, index_bytes), wanted) << "seed " << seed;
    answered += wanted.size();
  }
  EXPECT_GT(answered, 300U);
}

TEST(Portfolio, SaysTheSameOfRealReleasesAndRealAdvisories) {
  const fs::path shared = DUOLEX_SHARED;
  const fs::path feed = shared / "advisories/osv.ndjson.zst";
  if (!fs::exists(feed)) GTEST_SKIP() << "no advisories of others beside the project";
  std::vector<fs::path> paths;
  for (const auto& entry : fs::recursive_directory_iterator(shared / "sboms"))
    if (entry.is_regular_file() && (entry.path().extension() == ".json" || entry.path().extension() == ".xml")) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<sbom::Sbom> bills;
  for (const fs::path& path : paths) {
    const auto bytes = read_file(path);
    if (auto bill = sbom::read_sbom(path.string(), *bytes)) bills.push_back(std::move(*bill));
  }
  ASSERT_GE(bills.size(), 5U);
  std::map<std::string, index::Compiled> newest;
  RecordReader reader;
  ASSERT_TRUE(read_source(feed.string(), [&](Piece piece) {
    std::string_view rest(piece.bytes.data(), piece.size);
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      if (const auto read = reader.read(piece.file, 1, rest.substr(0, end)); read && !read->advisories.empty()) {
        index::Compiled one = index::compile(read->advisories.front());
        const auto at = newest.find(one.id);
        if (at == newest.end()) newest.emplace(one.id, std::move(one));
        else if (std::tuple(one.modified, one.content_hash) > std::tuple(at->second.modified, at->second.content_hash)) at->second = std::move(one);
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return true;
  }));
  std::vector<index::Compiled> advisories;
  for (auto& [id, one] : newest) advisories.push_back(std::move(one));
  index::BuildReport report;
  const std::string index_bytes = index::lay_out(advisories, {}, {}, report);
  std::vector<std::string> segments;
  Portfolio portfolio = gathered(bills, segments, 2);
  const Answers wanted = by_scanning(bills, index_bytes);
  EXPECT_GT(wanted.size(), 50U);
  EXPECT_EQ(by_portfolio(portfolio, advisories), wanted);
  EXPECT_EQ(by_evaluating_all(portfolio, index_bytes), wanted);
}

}  // namespace
}  // namespace duolex::vulnerabilities::portfolio
