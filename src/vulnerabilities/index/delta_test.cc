// An index with deltas answers as the index that is built of all the records, and can be made into it byte for byte.
#include "vulnerabilities/index/delta.h"

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "vulnerabilities/index/layout.h"

namespace duolex::vulnerabilities::index {
namespace {

using Random = std::mt19937;

std::size_t below(Random& r, std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(r); }

std::string time_of(int turn) {
  const std::string n = std::to_string(turn);
  return "2024-01-02T03:" + std::string(n.size() < 2 ? "0" : "") + n + ":05Z";
}

Advisory made(Random& r, std::size_t number, int turn) {
  Advisory a;
  a.id = std::string(number % 3 == 0 ? "GHSA-" : "T-") + std::to_string(number);
  a.modified = time_of(turn);
  a.published = below(r, 4) == 0 ? "2023-05-06T07:08:09.123456Z" : "2023-05-06T07:08:09Z";
  if (below(r, 8) == 0) a.withdrawn = time_of(turn);
  a.severity = below(r, 2) == 0 ? "CVSS:3.1/AV:N" : "";
  a.summary = "number " + std::to_string(number);
  for (auto* ids : {&a.aliases, &a.upstream, &a.related})
    while (below(r, 3) == 0) ids->push_back((below(r, 2) == 0 ? "CVE-2024-" : "T-") + std::to_string(below(r, 40)));
  for (std::size_t i = 0; i <= below(r, 3); ++i) {
    Affected affected;
    affected.ecosystem = below(r, 10) == 0 ? "Nowhere" : below(r, 2) == 0 ? "npm" : "PyPI";
    affected.name = "package-" + std::to_string(below(r, 30));
    affected.ranges.push_back({Range::Type::ecosystem, "", {{Event::Kind::introduced, "0"}, {Event::Kind::fixed, std::to_string(1 + below(r, 9)) + ".0.0"}}});
    a.affected.push_back(affected);
  }
  return a;
}

KevCatalogue catalogue(Random& r, int turn) {
  KevCatalogue kev;
  if (below(r, 3) != 0) return kev;
  kev.version = "v" + std::to_string(turn);
  kev.released = time_of(turn).substr(0, 10);
  for (int i = 0; i < 3; ++i) kev.entries["CVE-2024-" + std::to_string(below(r, 40))] = {"2024-02-0" + std::to_string(1 + below(r, 9)), "2024-03-01", below(r, 2) == 0};
  return kev;
}

EpssScores scores(Random& r, int turn) {
  EpssScores epss;
  if (below(r, 3) != 0) return epss;
  epss.model = "v1";
  epss.date = "2024-01-" + std::to_string(10 + turn);
  for (int i = 0; i < 20; ++i) epss.scores["CVE-2024-" + std::to_string(below(r, 40))] = {"0." + std::to_string(below(r, 100)), "0.5"};
  return epss;
}

// What stands in a blob, with records by their ids.
std::multiset<std::pair<std::string, std::string>> entries(Index& index, const std::string& key) {
  std::multiset<std::pair<std::string, std::string>> out;
  for (Cursor c(index.find(key)); !c.done();) {
    const std::size_t record = c.number();
    const std::string bytes(c.text());
    out.emplace(std::string(index.record_id(record)), bytes);
  }
  return out;
}

nlohmann::json stated(const StatedRecord& r) {
  nlohmann::json affected = nlohmann::json::array();
  for (const StatedAffected& a : r.affected) affected.push_back({a.ecosystem, a.name, a.versions, a.intervals.size()});
  return {{"id", r.id}, {"modified", r.modified}, {"published", r.published}, {"withdrawn", r.withdrawn}, {"summary", r.summary}, {"severity", r.severity},
          {"aliases", r.aliases}, {"upstream", r.upstream}, {"related", r.related}, {"via", name_of(r.exploited_via)}, {"cve", r.exploited_cve}, {"added", r.exploited_added},
          {"ransomware", r.ransomware}, {"epss", {r.epss_cve, r.epss_probability, r.epss_percentile}}, {"affected", affected}};
}

void compare(Index& view, Index& whole) {
  ASSERT_FALSE(view.damage() || whole.damage());
  const auto exploited = view.exploited(), all = whole.exploited();
  std::size_t living = 0;
  for (std::size_t i = 0; i < view.record_count(); ++i) {
    if (!view.lives(i)) continue;
    ++living;
    const auto other = whole.find_record(view.record_id(i));
    ASSERT_TRUE(other) << view.record_id(i);
    ASSERT_EQ(view.find_record(view.record_id(i)), i);
    const StatedRecord a = view.record(i), b = whole.record(*other);
    ASSERT_EQ(stated(a), stated(b));
    ASSERT_EQ(view.content_hash(i), whole.content_hash(*other));
    ASSERT_EQ(exploited[i], a.exploited_via != Via::none) << a.id;
    ASSERT_EQ(all[*other], exploited[i]) << a.id;
  }
  ASSERT_EQ(living, whole.record_count());
  for (const char* type : {"npm", "pypi"})
    for (int i = 0; i < 32; ++i) {
      const std::string key = std::string(type) + '\0' + "package-" + std::to_string(i);
      ASSERT_EQ(entries(view, key), entries(whole, key)) << key;
      ASSERT_TRUE(view.may_hold(key) || whole.find(key).empty());
    }
  auto a = nlohmann::json::parse(view.meta()), b = nlohmann::json::parse(whole.meta());
  // Packages that no record names any more are still in the directory of the older segment.
  EXPECT_GE(a["packages"], b["packages"]);
  for (const char* key : {"records", "withdrawn", "unplaced", "clusters", "newest", "kev", "epss"}) ASSERT_EQ(a[key], b[key]) << key;
}

Result<BuiltDelta> delta_of(Index& index, const std::vector<Advisory>& advisories, const KevCatalogue& kev, const EpssScores& epss) {
  Gathered gathered;
  for (const Advisory& a : advisories) gathered.records.push_back(compile(a));
  gathered.kev = kev;
  gathered.epss = epss;
  return build_delta(index, std::move(gathered));
}

TEST(Delta, AViewIsTheIndexOfAllRecords) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random r(seed);
    std::map<std::string, Advisory> now;
    Gathered all;
    std::vector<Advisory> first;
    for (std::size_t i = 0; i < 40; ++i) first.push_back(made(r, i, 0));
    for (const Advisory& a : first) all.records.push_back(compile(a));
    all.kev = catalogue(r, 0);
    all.epss = scores(r, 0);
    BuildReport report;
    std::vector<std::string> bytes{lay_out(all.records, all.kev, all.epss, report)};
    auto view = Index::over("view", bytes.front());
    ASSERT_TRUE(view);
    for (int turn = 1; turn <= 5; ++turn) {
      SCOPED_TRACE(turn);
      std::vector<Advisory> fresh;
      for (std::size_t i = 0, n = below(r, 8); i < n; ++i) fresh.push_back(made(r, below(r, 60), turn));
      const KevCatalogue kev = catalogue(r, turn);
      const EpssScores epss = scores(r, turn);
      auto built = delta_of(*view, fresh, kev, epss);
      ASSERT_TRUE(built);
      std::reverse(fresh.begin(), fresh.end());
      const auto again = delta_of(*view, fresh, kev, epss);
      ASSERT_TRUE(again && again->bytes == built->bytes) << "the order of the records leaves no trace";
      const std::vector<bool> before = view->exploited();
      if (!built->bytes.empty()) {
        bytes.push_back(built->bytes);
        auto segment = Segment::over("delta", bytes.back());
        ASSERT_TRUE(segment) << render(segment.error());
        ASSERT_TRUE(view->add(std::move(*segment)));
      }
      for (const Advisory& a : fresh) all.records.push_back(compile(a));
      for (const auto& [cve, entry] : kev.entries) {
        const auto [at, added] = all.kev.entries.emplace(cve, entry);
        if (!added && std::tie(entry.added, entry.due, entry.ransomware) < std::tie(at->second.added, at->second.due, at->second.ransomware)) at->second = entry;
      }
      if (!kev.entries.empty() && nlohmann::json::parse(view->meta())["kev"]["version"] == kev.version) {
        all.kev.version = std::max(all.kev.version, kev.version);
        all.kev.released = std::max(all.kev.released, kev.released);
      }
      if (!epss.scores.empty()) {
        EpssScores newer = epss;
        newer.scores.merge(all.epss.scores);
        all.epss = newer;
      }
      BuildReport whole_report;
      const std::string whole_bytes = lay_out(all.records, all.kev, all.epss, whole_report);
      auto whole = Index::over("whole", whole_bytes);
      ASSERT_TRUE(whole);
      compare(*view, *whole);
      if (!kev.entries.empty() && !built->bytes.empty()) {
        EXPECT_EQ(built->report.exploited, whole_report.exploited);
      }
      const std::vector<bool> after = view->exploited();
      for (std::size_t i = 0; i < before.size() && !kev.entries.empty(); ++i) {
        if (!after[i] || before[i]) continue;
        EXPECT_TRUE(std::any_of(built->changes.begin(), built->changes.end(), [&](const Change& c) { return c.record == view->record_id(i); })) << view->record_id(i);
      }
      const auto merged = merge(*view);
      ASSERT_TRUE(merged);
      ASSERT_TRUE(merged->bytes == whole_bytes) << "what is merged is what is built";
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Delta, WhatIsNotNewerChangesNothing) {
  Random r(1);
  std::vector<Compiled> records;
  const Advisory a = made(r, 1, 5);
  records.push_back(compile(a));
  BuildReport report;
  const std::string bytes = lay_out(std::move(records), {}, {}, report);
  auto index = Index::over("index", bytes);
  ASSERT_TRUE(index);
  Advisory older = made(r, 1, 4);
  const auto built = delta_of(*index, {a, older}, {}, {});
  ASSERT_TRUE(built);
  EXPECT_TRUE(built->bytes.empty());
  EXPECT_EQ(built->report.duplicates, 2U);
}

TEST(Delta, ADeltaOfAnotherIndexIsRefused) {
  Random r(2);
  std::vector<std::string> files;
  for (std::size_t i = 0; i < 2; ++i) {
    std::vector<Compiled> records;
    records.push_back(compile(made(r, i, 1)));
    BuildReport report;
    files.push_back(lay_out(std::move(records), {}, {}, report));
  }
  auto a = Index::over("a", files[0]), b = Index::over("b", files[1]);
  ASSERT_TRUE(a && b);
  const auto delta = delta_of(*a, {made(r, 7, 2)}, {}, {});
  ASSERT_TRUE(delta && !delta->bytes.empty());
  auto segment = Segment::over("delta", delta->bytes);
  ASSERT_TRUE(segment);
  EXPECT_FALSE(b->add(std::move(*segment)));
  EXPECT_FALSE(Index::over("delta", delta->bytes)) << "a delta is no index";
  for (std::size_t i = 0; i < delta->bytes.size(); i += 7) {
    std::string flipped = delta->bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 16);
    ASSERT_FALSE(Segment::over("delta", flipped)) << i;
  }
}

TEST(Journal, TellsWhenWeKnewAndNotWhatACrashPrevented) {
  const auto change = [](const char* record, const char* kind) { return Change{record, kind, "2024-01-01T00:00:00Z", ""}; };
  std::string journal = journal_lines("2027-01-01T00:00:00Z", 1, 10, "", {});
  journal += journal_lines("2027-01-02T00:00:00Z", 2, 11, identity_text(1), {change("A", "new")});
  journal += journal_lines("2027-01-03T00:00:00Z", 3, 12, identity_text(2), {change("B", "new")});  // nobody ever saw it
  journal += journal_lines("2027-01-04T00:00:00Z", 4, 12, identity_text(2), {change("A", "changed"), change("B", "new")});
  journal += R"({"at":"2027-01-05T00:)";
  const History a = history_of(journal, 4, "A"), b = history_of(journal, 4, "B"), c = history_of(journal, 4, "C"), d = history_of(journal, 9, "A");
  ASSERT_EQ(a.changes.size(), 2U);
  EXPECT_EQ(a.changes[0].at + a.changes[0].change, "2027-01-02T00:00:00Znew");
  EXPECT_EQ(a.changes[1].at + a.changes[1].change, "2027-01-04T00:00:00Zchanged");
  ASSERT_EQ(b.changes.size(), 1U);
  EXPECT_EQ(b.changes[0].at, "2027-01-04T00:00:00Z");
  EXPECT_TRUE(c.changes.empty() && c.unbroken);
  EXPECT_EQ(c.begins, "2027-01-01T00:00:00Z");
  EXPECT_TRUE(d.begins.empty() && !d.unbroken);
}

}  // namespace
}  // namespace duolex::vulnerabilities::index
