#include "vulnerabilities/index/delta.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <unordered_set>

#include "vulnerabilities/index/cold.h"
#include "vulnerabilities/index/layout.h"
#include "vulnerabilities/index/order.h"

namespace duolex::vulnerabilities::index {
namespace {

// What the delta needs to know of an older copy.
struct Stated : ColdVisitor {
  std::vector<std::string> aliases;
  std::string modified;
  bool withdrawn = false;
  std::uint32_t left_out = 0;  // entries of `affected` that no bill can name

  void time(ColdTime which, std::string text) {
    if (which == ColdTime::modified) modified = std::move(text);
    if (which == ColdTime::withdrawn) withdrawn = !text.empty();
  }
  void alias(std::string_view id) { aliases.emplace_back(id); }
  void unplaced(std::uint64_t count) { left_out = static_cast<std::uint32_t>(count); }
};

class Delta {
 public:
  Delta(Index& index, Gathered gathered) : index_(index), gathered_(std::move(gathered)) {}

  Result<BuiltDelta> build() {
    BuiltDelta out;
    out.report = std::move(gathered_.report);
    out.report.duplicates = keep_one_each(gathered_.records);
    select(out.report);
    known_signals();
    if (index_.damage()) return failure(*index_.damage());
    if (gathered_.records.empty() && gathered_.kev.entries.empty() && gathered_.kev.released.empty() && gathered_.epss.scores.empty()) return out;
    clusters();
    counts(out.report);
    parts_.base_hash = index_.segments().front()->header().header_hash;
    parts_.previous_hash = index_.identity();
    parts_.first_record = index_.record_count();
    // The changes, and the count of exploited records, are known once the delta can be asked.
    const std::vector<bool> before = exploited_now();
    const BuildReport counted = out.report;
    const std::string asked = lay_out_delta(gathered_.records, gathered_.kev, gathered_.epss, parts_, out.report);
    auto segment = Segment::over("delta", asked);
    if (!segment) return tl::unexpected(segment.error());
    if (auto added = index_.add(std::move(*segment)); !added) return tl::unexpected(added.error());
    const std::size_t exploited = changes(before, out.changes, counted.exploited);
    index_.drop();
    out.report = counted;
    out.report.exploited = exploited;
    if (index_.damage()) return failure(*index_.damage());
    out.bytes = lay_out_delta(std::move(gathered_.records), gathered_.kev, gathered_.epss, std::move(parts_), out.report);
    return out;
  }

 private:
  // What the index has in the same or a newer copy is left out.
  void select(BuildReport& report) {
    std::erase_if(gathered_.records, [&](const Compiled& r) {
      const auto old = index_.find_record(r.id);
      if (!old) return false;
      const Stated stated = stated_in(*old);
      if (std::pair(stated.modified, index_.content_hash(*old)) >= std::pair(r.modified, r.content_hash)) {
        ++report.duplicates;
        return true;
      }
      parts_.replaced.push_back(static_cast<std::uint32_t>(*old));
      old_.push_back(stated);
      return false;
    });
    std::sort(parts_.replaced.begin(), parts_.replaced.end());
  }

  // Entries of catalogues that say nothing new.
  void known_signals() {
    std::erase_if(gathered_.kev.entries, [&](const auto& entry) {
      const auto& [cve, e] = entry;
      for (const auto& s : index_.segments())
        if (auto c = s->find_cve(Section::kev, Section::kev_table, cve)) {
          const std::string_view added = c->text(), due = c->text();
          if (std::tuple(added, due, c->byte() != 0) <= std::tuple(std::string_view(e.added), std::string_view(e.due), e.ransomware)) return true;
        }
      return false;
    });
    // A newer catalogue without a new entry is worth saying: it tells up to which day nothing was known.
    const auto meta = nlohmann::json::parse(index_.meta(), nullptr, false);
    const std::string released = meta.contains("kev") ? meta["kev"].value("released", "") : "";
    if (gathered_.kev.entries.empty() && gathered_.kev.released <= released) gathered_.kev = {};
  }

  Stated stated_in(std::size_t record) {
    Stated out;
    std::size_t at = 0;
    while (at + 1 < index_.segments().size() && record >= index_.segments()[at + 1]->header().first_record) ++at;
    Segment& s = *index_.segments()[at];
    Record r{};
    if (!s.load(Section::records, record - s.header().first_record, r)) return out;
    walk_cold(s.cold(r), out);
    return out;
  }

  // Of all names that the delta's records or their older copies state, and of the clusters those are in, the groups are
  // made anew.
  void clusters() {
    std::set<std::string> names;
    std::vector<Index::Cluster> seen;
    const auto touch = [&](const std::string& id) {
      names.insert(id);
      const auto name = index_.find_name(id);
      if (!name || name->cluster.segment == nullptr || std::find(seen.begin(), seen.end(), name->cluster) != seen.end()) return;
      seen.push_back(name->cluster);
      for (const std::string_view other : name->cluster.segment->cluster(name->cluster.number)) names.emplace(other);
    };
    for (const Compiled& r : gathered_.records) {
      touch(r.id);
      for (const std::string& alias : r.aliases) touch(alias);
    }
    for (const Stated& old : old_)
      for (const std::string& alias : old.aliases) touch(alias);
    clusters_gone_ = seen.size();

    const std::vector<std::string> all(names.begin(), names.end());
    const auto number = [&](const std::string& id) { return static_cast<std::size_t>(std::lower_bound(all.begin(), all.end(), id) - all.begin()); };
    std::vector<std::size_t> parent(all.size());
    for (std::size_t i = 0; i < parent.size(); ++i) parent[i] = i;
    const auto find = [&](std::size_t n) {
      while (parent[n] != n) n = parent[n] = parent[parent[n]];
      return n;
    };
    std::vector<bool> named(all.size());  // by a record, as its id or alias
    const auto join = [&](const std::string& a, const std::string& b) {
      const std::size_t x = find(number(a)), y = find(number(b));
      named[number(b)] = true;
      parent[std::max(x, y)] = std::min(x, y);
    };
    const auto ours = [&](const std::string& id) {
      return std::binary_search(gathered_.records.begin(), gathered_.records.end(), id, Less{});
    };
    std::map<std::string, std::size_t> older;
    for (const std::string& id : all) {
      if (ours(id)) continue;
      const auto record = index_.find_record(id);
      if (!record) continue;
      older[id] = *record;
      named[number(id)] = true;
      for (const std::string& alias : stated_in(*record).aliases) join(id, alias);
    }
    for (const Compiled& r : gathered_.records) {
      named[number(r.id)] = true;
      for (const std::string& alias : r.aliases) join(r.id, alias);
    }
    std::vector<std::size_t> size(all.size());
    for (std::size_t i = 0; i < all.size(); ++i) ++size[find(i)];
    std::vector<std::uint32_t> cluster(all.size(), no_cluster);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t root = find(i);
      if (size[root] < 2) continue;
      if (cluster[root] == no_cluster) {
        cluster[root] = static_cast<std::uint32_t>(parts_.clusters.ids.size());
        parts_.clusters.ids.emplace_back();
      }
      cluster[i] = cluster[root];
      parts_.clusters.ids[cluster[i]].push_back(all[i]);
    }
    for (const Compiled& r : gathered_.records) parts_.clusters.of_record.push_back(cluster[number(r.id)]);
    for (const auto& [id, record] : older) parts_.earlier.push_back(id);
    for (const auto& [id, record] : older) parts_.moved.push_back({static_cast<std::uint32_t>(record), cluster[number(id)]});
    std::sort(parts_.moved.begin(), parts_.moved.end(), [](const Moved& a, const Moved& b) { return a.record < b.record; });
    for (std::size_t i = 0; i < all.size(); ++i)
      if (!named[i] && index_.find_name(all[i])) parts_.unnamed.push_back(all[i]);
  }

  struct Less {
    bool operator()(const Compiled& r, const std::string& id) const { return r.id < id; }
    bool operator()(const std::string& id, const Compiled& r) const { return id < r.id; }
  };

  // By number: of all records where a catalogue brings something, else of those that the delta may concern.
  std::vector<bool> exploited_now() {
    if (!gathered_.kev.entries.empty()) return index_.exploited();
    std::vector<bool> out(index_.record_count());
    const auto ask = [&](std::size_t record) { out[record] = index_.record(record).exploited_via != Via::none; };
    for (const std::uint32_t record : parts_.replaced)
      if (record < out.size() && index_.lives(record)) ask(record);
    for (const Moved& moved : parts_.moved) ask(moved.record);
    for (std::size_t record = parts_.first_record; record < out.size(); ++record) ask(record);
    return out;
  }

  // With the delta in the index. Returns how many records are exploited, of the so many before.
  std::size_t changes(const std::vector<bool>& before, std::vector<Change>& out, std::size_t counted) {
    const std::vector<bool> after = exploited_now();
    const auto tell = [&](const char* kind, std::size_t record) {
      const StatedRecord r = index_.record(record);
      out.push_back({std::string(r.id), kind, r.modified, r.exploited_via == Via::none ? "" : std::string(r.exploited_added)});
    };
    std::unordered_set<std::string_view> replaced;
    for (const std::uint32_t record : parts_.replaced) replaced.insert(index_.record_id(record));
    for (std::size_t record = parts_.first_record; record < index_.record_count(); ++record)
      tell(replaced.contains(index_.record_id(record)) ? "changed" : "new", record);
    for (std::size_t record = 0; record < before.size(); ++record)
      if (after[record] && !before[record]) tell("exploited", record);
    std::sort(out.begin(), out.end(), [](const Change& a, const Change& b) { return a.record < b.record; });
    const auto were = static_cast<std::size_t>(std::count(before.begin(), before.end(), true));
    const auto are = static_cast<std::size_t>(std::count(after.begin(), after.end(), true));
    return gathered_.kev.entries.empty() ? counted + are - std::min(were, counted + are) : are;
  }

  // Of the index with the delta.
  void counts(BuildReport& report) {
    const auto meta = nlohmann::json::parse(index_.meta(), nullptr, false);
    const auto number = [&](const char* key) { return meta.value(key, std::size_t{0}); };
    const auto inner = [&](const char* key, const char* inside) { return meta.contains(key) ? meta[key].value(inside, std::size_t{0}) : 0; };
    report.records = number("records") + gathered_.records.size() - parts_.replaced.size();
    report.withdrawn = number("withdrawn");
    report.unplaced = number("unplaced");
    for (const Stated& old : old_) {
      report.withdrawn -= old.withdrawn ? 1 : 0;
      report.unplaced -= old.left_out;
    }
    report.newest = meta.value("newest", "");
    std::unordered_set<std::string> packages;
    for (const Compiled& r : gathered_.records) {
      report.withdrawn += r.withdrawn ? 1 : 0;
      report.unplaced += r.unplaced;
      report.newest = std::max(report.newest, r.modified);
      for (const Hot& hot : r.hot)
        if (index_.find(hot.key).empty()) packages.insert(hot.key);
    }
    report.packages = number("packages") + packages.size();
    report.clusters = number("clusters") + parts_.clusters.ids.size() - clusters_gone_;
    const auto fresh = [&](Section section, Section table, const std::string& cve) {
      return std::none_of(index_.segments().begin(), index_.segments().end(), [&](const auto& s) { return s->find_cve(section, table, cve).has_value(); });
    };
    report.kev_entries = inner("kev", "entries");
    for (const auto& [cve, entry] : gathered_.kev.entries) report.kev_entries += fresh(Section::kev, Section::kev_table, cve) ? 1 : 0;
    report.epss_scores = inner("epss", "scores");
    for (const auto& [cve, score] : gathered_.epss.scores) report.epss_scores += fresh(Section::epss, Section::epss_table, cve) ? 1 : 0;
    if (meta.contains("kev")) {
      report.kev_version = meta["kev"].value("version", "");
      report.kev_released = meta["kev"].value("released", "");
    }
    if (meta.contains("epss")) {
      report.epss_model = meta["epss"].value("model", "");
      report.epss_date = meta["epss"].value("date", "");
    }
    report.exploited = number("exploited");
  }

  Index& index_;
  Gathered gathered_;
  DeltaParts parts_;
  std::vector<Stated> old_;  // what the records that are replaced stated
  std::size_t clusters_gone_ = 0;
};

}  // namespace

Result<BuiltDelta> build_delta(Index& index, Gathered gathered) { return Delta(index, std::move(gathered)).build(); }

}  // namespace duolex::vulnerabilities::index
