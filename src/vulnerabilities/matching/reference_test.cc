// The index and the matcher against the reference, on real advisories and real bills of materials.
#include <nlohmann/json.hpp>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "base/file.h"
#include "base/scratch_folder.h"
#include "vulnerabilities/feeds/sources.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/matching/evaluate.h"
#include "vulnerabilities/matching/reference.h"

namespace duolex::vulnerabilities {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using reference::Answer;

const fs::path shared = DUOLEX_SHARED;

// The newest copy of each record; those withdrawn left out.
struct Corpus {
  std::map<std::string, json> records;
  std::map<std::string, std::vector<std::pair<const json*, const json*>>> by_package;  // ecosystem NUL folded name → record, affected
  std::optional<index::Built> built;
};

const Corpus& corpus() {
  static const Corpus c = [] {
    Corpus out;
    const fs::path feed = shared / "advisories/osv.ndjson.zst";
    if (!fs::exists(feed)) return out;
    const auto counts = read_source(feed.string(), [&](Piece piece) {
      std::string_view bytes(piece.bytes.data(), piece.size);
      while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find('\n'), bytes.size());
        json record = json::parse(bytes.substr(0, end));
        bytes.remove_prefix(std::min(end + 1, bytes.size()));
        const std::string id = record["id"];
        json& kept = out.records[id];
        if (kept.is_null() || kept["modified"] < record["modified"]) kept = std::move(record);
      }
      return true;
    });
    if (!counts) throw std::runtime_error(render(counts.error()));
    for (const auto& [id, record] : out.records) {
      if (record.contains("withdrawn")) continue;
      for (const json& affected : record["affected"]) {
        std::string name = affected["package"]["name"], ecosystem = affected["package"]["ecosystem"];
        ecosystem = ecosystem.substr(0, ecosystem.find(':'));
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c2) { return static_cast<char>(std::tolower(c2)); });
        out.by_package[ecosystem].emplace_back(&record, &affected);
      }
    }
    auto built = index::build({feed.string(), (shared / "advisories/kev").string()});
    if (!built) throw std::runtime_error(render(built.error()));
    out.built = std::move(*built);
    return out;
  }();
  return c;
}

#define NEED_CORPUS() \
  if (!corpus().built) GTEST_SKIP() << "the real advisories are not beside the project"

index::Index the_index() { return std::move(*index::Index::over("corpus", corpus().built->bytes)); }

TEST(RealAdvisories, AllAreIndexed) {
  NEED_CORPUS();
  const index::BuildReport& r = corpus().built->report;
  EXPECT_EQ(r.rejected, 0U) << render(r.problems).substr(0, 2000);
  EXPECT_EQ(r.records, corpus().records.size());
  EXPECT_EQ(r.records + r.duplicates, 24'102U);
  EXPECT_EQ(r.exploited, 205U);
  EXPECT_EQ(r.unplaced, 0U);
}

// Every record whose own names, aliases, upstream or related ids are in the catalogue, and no other.
TEST(RealAdvisories, ExploitedOnesAreFlagged) {
  NEED_CORPUS();
  const json kev = json::parse(*read_file(shared / "advisories/kev/known_exploited_vulnerabilities.json"));
  std::set<std::string> exploited;
  for (const json& v : kev["vulnerabilities"]) exploited.insert(v["cveID"]);
  index::Index index = the_index();
  std::size_t flagged = 0;
  for (const auto& [id, record] : corpus().records) {
    std::set<std::string> names{id};
    for (const char* key : {"aliases", "upstream", "related"})
      for (const std::string name : record.value(key, json::array())) names.insert(name);
    const bool wanted = std::any_of(names.begin(), names.end(), [&](const std::string& n) { return exploited.contains(n); });
    const auto number = index.find_record(id);
    ASSERT_TRUE(number) << id;
    const index::StatedRecord stated = index.record(*number);
    EXPECT_EQ(stated.exploited_via != index::Via::none, wanted) << id;
    flagged += wanted ? 1 : 0;
  }
  EXPECT_EQ(flagged, 205U);
}

// What the index says of a package and a version: advisory → status.
std::map<std::string, Answer> indexed(index::Index& index, const Query& query) {
  std::map<std::string, Answer> out;
  VersionKeys keys(query.version);
  for (index::Cursor c(index.find(query.key.text)); !c.done();) {
    const std::size_t record = c.number();
    const Outcome outcome = evaluate(c.text(), query, keys);
    if (!outcome.hit) continue;
    Answer& answer = out[std::string(index.record_id(record))];
    if (answer != Answer::affected) answer = outcome.status == Status::affected ? Answer::affected : Answer::unknown;
  }
  return out;
}

TEST(RealAdvisories, RealBillsGetTheSameAnswers) {
  NEED_CORPUS();
  index::Index index = the_index();
  std::size_t bills = 0, components = 0, findings = 0;
  for (const auto& entry : fs::recursive_directory_iterator(shared / "sboms")) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".json")) continue;
    const auto bill = sbom::read_sbom(path, *read_file(path));
    ASSERT_TRUE(bill) << path;
    ++bills;
    const auto matches = match(*bill, index);
    ASSERT_TRUE(matches);
    std::set<std::tuple<std::size_t, std::string, Answer>> got, wanted;
    for (const Finding& f : matches->findings) got.emplace(f.component, f.advisory, f.status == Status::affected ? Answer::affected : Answer::unknown);
    for (std::size_t i = 0; i < bill->components.size(); ++i) {
      if (!bill->components[i].purl) continue;
      const sbom::Purl& purl = *bill->components[i].purl;
      const reference::Package package = reference::package_of(purl);
      const auto records = corpus().by_package.find(package.ecosystem);
      if (records == corpus().by_package.end()) continue;
      ++components;
      std::map<std::string, Answer> answers;
      for (const auto& [record, affected] : records->second) {
        if (!reference::same_name(package.ecosystem, (*affected)["package"]["name"], package.name)) continue;
        const Answer one = purl.version.empty() ? Answer::unknown : reference::evaluate(*affected, purl.version);
        Answer& answer = answers[(*record)["id"]];
        if (one != Answer::no && answer != Answer::affected) answer = one;
      }
      for (const auto& [id, answer] : answers)
        if (answer != Answer::no) wanted.emplace(i, id, answer);
    }
    EXPECT_EQ(got, wanted) << path;
    findings += wanted.size();
  }
  EXPECT_GE(bills, 7U);
  EXPECT_GT(components, 100U);
  EXPECT_GT(findings, 5U);
}

TEST(RealAdvisories, EveryListedVersionOfPyPiIsAffected) {
  NEED_CORPUS();
  index::Index index = the_index();
  std::size_t versions = 0;
  for (const auto& [record, affected] : corpus().by_package.at("PyPI"))
    for (const std::string version : affected->value("versions", json::array())) {
      ++versions;
      Query query;
      query.key = *key_of("PyPI", (*affected)["package"]["name"].get<std::string>(), "");
      query.version = version;
      query.scheme = Scheme::pep440;
      EXPECT_EQ(indexed(index, query)[(*record)["id"]], Answer::affected) << (*record)["id"] << " " << version;
    }
  EXPECT_GT(versions, 50'000U);
}

// Just below, at and just above every event of every record.
TEST(RealAdvisories, BoundaryProbes) {
  NEED_CORPUS();
  index::Index index = the_index();
  std::size_t probes = 0, wrong = 0;
  for (const auto& [ecosystem, records] : corpus().by_package) {
    if (ecosystem == "OSS-Fuzz") continue;
    for (const auto& [record, affected] : records) {
      std::set<std::string> near;
      for (const json& range : affected->value("ranges", json::array())) {
        if (range["type"] == "GIT") continue;
        for (const json& event : range["events"])
          for (const auto& [kind, value] : event.items()) {
            const std::string v = value;
            near.insert({v, v + ".1", v + "a", v + "-0"});
            if (ecosystem == "AlmaLinux") near.insert({v + "~", v + "^"});
            else near.insert({v + "-rc.1", v + ".dev0"});
            if (const std::size_t last = v.find_last_of("0123456789"); last != std::string::npos && v[last] > '0') {
              std::string below = v;
              --below[last];
              near.insert(below);
            }
          }
      }
      Query query;
      const std::string full = (*affected)["package"]["ecosystem"];
      query.key = *key_of(full, (*affected)["package"]["name"].get<std::string>(), "");
      query.release = release_of(full);
      query.distribution = ecosystem == "AlmaLinux";
      const std::string id = (*record)["id"];
      const auto number = index.find_record(id);
      ASSERT_TRUE(number) << id;
      std::vector<std::string_view> entries;
      for (index::Cursor c(index.find(query.key.text)); !c.done();) {
        const std::size_t at = c.number();
        const std::string_view bytes = c.text();
        if (at == *number) entries.push_back(bytes);
      }
      std::vector<const json*> others;
      for (const json& other : (*record)["affected"])
        if (other["package"]["ecosystem"] == full && reference::same_name(ecosystem, other["package"]["name"], (*affected)["package"]["name"])) others.push_back(&other);
      for (const std::string& version : near) {
        query.version = version;
        VersionKeys keys(query.version);
        // This record's own entries alone, as the reference sees them.
        Answer got = Answer::no, wanted = Answer::no;
        for (const std::string_view bytes : entries) {
          const Outcome outcome = evaluate(bytes, query, keys);
          if (outcome.hit && got != Answer::affected) got = outcome.status == Status::affected ? Answer::affected : Answer::unknown;
        }
        for (const json* other : others) {
          const Answer one = reference::evaluate(*other, version);
          if (one != Answer::no && wanted != Answer::affected) wanted = one;
        }
        ++probes;
        if (got != wanted && ++wrong <= 10) ADD_FAILURE() << id << " " << query.key.name() << " " << version << ": " << static_cast<int>(got) << ", the reference says " << static_cast<int>(wanted);
      }
    }
  }
  EXPECT_EQ(wrong, 0U);
  EXPECT_GT(probes, 300'000U);
}

// The same records in another order, and cut into other files, give the same bytes.
TEST(RealAdvisories, TheOrderOfTheRecordsLeavesNoTrace) {
  NEED_CORPUS();
  const ScratchFolder scratch("order");
  const fs::path folder = scratch.path();
  std::string odd, even;
  std::size_t n = 0;
  for (auto record = corpus().records.rbegin(); record != corpus().records.rend() && n < 6000; ++record, ++n) (n % 2 == 0 ? even : odd) += record->second.dump() + "\n";
  ASSERT_TRUE(write_file_atomically(folder / "a.ndjson", even + odd));
  ASSERT_TRUE(write_file_atomically(folder / "b.ndjson", odd));
  ASSERT_TRUE(write_file_atomically(folder / "c.ndjson", even));
  const auto one = index::build({(folder / "a.ndjson").string()}), two = index::build({(folder / "b.ndjson").string(), (folder / "c.ndjson").string()});
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->report.records, 6000U);
  EXPECT_TRUE(one->bytes == two->bytes);
}

}  // namespace
}  // namespace duolex::vulnerabilities
