// Signals of exploitation: which of them concern a record, found when the record is read, so that a catalogue that
// comes later concerns the records that are there.
#include <algorithm>
#include <cstdlib>
#include <tuple>

#include "vulnerabilities/index/clusters.h"
#include "vulnerabilities/index/cold.h"
#include "vulnerabilities/index/index.h"

namespace duolex::vulnerabilities::index {
namespace {

// What stands in the cold bytes before what is affected.
struct Head : ColdVisitor {
  std::vector<std::string_view> upstream_ids, related_ids;
  void upstream(std::string_view id) { upstream_ids.push_back(id); }
  void related(std::string_view id) { related_ids.push_back(id); }
};

Head head_of(Segment& s, std::uint64_t number) {
  Head out;
  Record r{};
  if (!s.load(Section::records, number, r)) return out;
  const std::string_view cold = s.cold(r);
  Cursor c(cold);
  walk_head(c, cold, out);
  return out;
}

struct Kev {
  std::string_view added, due;
  bool ransomware = false;
  [[nodiscard]] auto key() const { return std::tie(added, due, ransomware); }
};

// Of several catalogues, the earliest entry.
std::optional<Kev> kev_of(const std::vector<std::unique_ptr<Segment>>& segments, std::string_view cve) {
  std::optional<Kev> out;
  for (const auto& s : segments) {
    auto c = s->find_cve(Section::kev, Section::kev_table, cve);
    if (!c) continue;
    Kev kev;
    kev.added = c->text();
    kev.due = c->text();
    kev.ransomware = c->byte() != 0;
    if (!out || kev.key() < out->key()) out = kev;
  }
  return out;
}

}  // namespace

void Index::find_signals(std::size_t number, StatedRecord& record) {
  double best = -1;
  const auto consider = [&](std::string_view id, Via via) {
    if (!id.starts_with("CVE-")) return;
    if (record.exploited_via == Via::none || std::pair(via, id) < std::pair(record.exploited_via, record.exploited_cve))
      if (const auto kev = kev_of(segments_, id)) {
        record.exploited_via = via;
        record.exploited_cve = id;
        record.exploited_added = kev->added;
        record.exploited_due = kev->due;
        record.ransomware = kev->ransomware;
      }
    for (Segment* s : scored_) {
      auto c = s->find_cve(Section::epss, Section::epss_table, id);
      if (!c) continue;
      const std::string_view probability = c->text();
      const double value = std::strtod(std::string(probability).c_str(), nullptr);
      if (value > best || (value == best && id < record.epss_cve)) {
        best = value;
        record.epss_cve = id;
        record.epss_probability = probability;
        record.epss_percentile = c->text();
      }
      break;
    }
  };
  // The record's own group of names, and over upstream ids others, each once.
  struct Open {
    Name name;
    std::string_view id;
    Via via;
  };
  std::vector<Open> open{{{number, cluster_of(number)}, record.id, Via::alias}};
  std::vector<Cluster> seen_clusters;
  std::vector<std::size_t> seen_records;
  const auto follow = [&](std::size_t of) {
    std::size_t own = of;
    Segment& s = segment_of(own);
    for (const std::string_view id : head_of(s, own).upstream_ids) {
      if (const auto name = find_name(id)) open.push_back({*name, id, Via::upstream});
      else consider(id, Via::upstream);
    }
  };
  while (!open.empty()) {
    const Open at = open.back();
    open.pop_back();
    if (at.name.cluster.segment == nullptr) {
      if (!at.name.record || std::find(seen_records.begin(), seen_records.end(), *at.name.record) != seen_records.end()) continue;
      seen_records.push_back(*at.name.record);
      consider(at.id, *at.name.record == number ? Via::itself : at.via);
      follow(*at.name.record);
      continue;
    }
    if (std::find(seen_clusters.begin(), seen_clusters.end(), at.name.cluster) != seen_clusters.end()) continue;
    seen_clusters.push_back(at.name.cluster);
    for (const std::string_view id : at.name.cluster.segment->cluster(at.name.cluster.number)) {
      consider(id, id == record.id ? Via::itself : at.via);
      if (const auto member = find_record(id)) follow(*member);
    }
  }
  for (const std::string_view id : record.related) consider(id, Via::related);
}

std::vector<bool> Index::exploited() {
  std::vector<std::string> cves;
  for (const auto& s : segments_) {
    if (s->size_of(Section::kev_table) == 0) continue;
    Cursor c(s->whole(Section::kev));
    c.text();
    c.text();
    while (!c.done()) {
      cves.emplace_back(c.text());
      c.text();
      c.text();
      c.byte();
    }
  }
  const std::size_t count = record_count();
  if (cves.empty()) return std::vector<bool>(count);
  for (const auto& s : segments_) s->expect_all();
  Ties ties;
  std::vector<std::pair<Cluster, std::uint32_t>> clusters;
  for (std::size_t r = 0; r < count; ++r) {
    ties.clusters.push_back(no_cluster);
    if (!lives(r)) {
      ties.ids.emplace_back();
      continue;
    }
    std::size_t own = r;
    Segment& s = segment_of(own);
    ties.ids.push_back(s.record_id(own));
    const Head head = head_of(s, own);
    for (const std::string_view id : head.upstream_ids) ties.upstream.push_back({hash_of(id), id, static_cast<std::uint32_t>(r)});
    for (const std::string_view id : head.related_ids) ties.related.push_back({hash_of(id), id, static_cast<std::uint32_t>(r)});
    if (const Cluster cluster = cluster_of(r); cluster.segment != nullptr) clusters.emplace_back(cluster, static_cast<std::uint32_t>(r));
  }
  std::sort(clusters.begin(), clusters.end(), [](const auto& a, const auto& b) {
    return std::tuple(a.first.segment->header().first_record, a.first.number, a.second) < std::tuple(b.first.segment->header().first_record, b.first.number, b.second);
  });
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    if (i == 0 || !(clusters[i].first == clusters[i - 1].first)) ties.members.push_back(clusters[i].first.segment->cluster(clusters[i].first.number));
    ties.clusters[clusters[i].second] = static_cast<std::uint32_t>(ties.members.size() - 1);
  }
  return tied_to(std::move(ties), cves);
}

}  // namespace duolex::vulnerabilities::index
