#include "vulnerabilities/index/clusters.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string_view>
#include <unordered_map>

#include "vulnerabilities/index/format.h"

namespace duolex::vulnerabilities::index {
namespace {

class UnionFind {
 public:
  std::uint32_t add() {
    parent_.push_back(static_cast<std::uint32_t>(parent_.size()));
    return parent_.back();
  }
  std::uint32_t find(std::uint32_t n) {
    while (parent_[n] != n) n = parent_[n] = parent_[parent_[n]];
    return n;
  }
  void join(std::uint32_t a, std::uint32_t b) {
    a = find(a);
    b = find(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }
  [[nodiscard]] std::size_t size() const { return parent_.size(); }

 private:
  std::vector<std::uint32_t> parent_;
};

class Graph {
 public:
  explicit Graph(const std::vector<Compiled>& records) : records_(records) {
    nodes_.reserve(records.size() * 2);
    for (const Compiled& r : records) node(r.id);
    for (std::uint32_t i = 0; i < records.size(); ++i)
      for (const std::string& alias : records[i].aliases) groups_.join(i, node(alias));
    for (std::uint32_t n = 0; n < names_.size(); ++n) members_[groups_.find(n)].push_back(n);
  }

  [[nodiscard]] const std::vector<std::uint32_t>& group(std::uint32_t n) { return members_.at(groups_.find(n)); }
  [[nodiscard]] std::string_view name(std::uint32_t n) const { return names_[n]; }
  [[nodiscard]] bool is_record(std::uint32_t n) const { return n < records_.size(); }
  [[nodiscard]] std::uint32_t root(std::uint32_t n) { return groups_.find(n); }

  // All ids that the record's own group and, over upstream, other groups hold; with the first step that led there.
  std::vector<std::pair<std::string_view, Via>> reach(std::uint32_t record) {
    std::vector<std::pair<std::string_view, Via>> out;
    std::vector<std::pair<std::uint32_t, Via>> open{{record, Via::alias}};
    std::vector<std::uint32_t> seen;
    while (!open.empty()) {
      const auto [at, via] = open.back();
      open.pop_back();
      const std::uint32_t top = groups_.find(at);
      if (std::find(seen.begin(), seen.end(), top) != seen.end()) continue;
      seen.push_back(top);
      for (const std::uint32_t n : members_.at(top)) {
        out.emplace_back(names_[n], n == record ? Via::itself : via);
        if (!is_record(n)) continue;
        for (const std::string& id : records_[n].upstream) {
          const auto known = nodes_.find(id);
          if (known == nodes_.end()) out.emplace_back(id, Via::upstream);
          else open.emplace_back(known->second, Via::upstream);
        }
      }
    }
    for (const std::string& id : records_[record].related) out.emplace_back(id, Via::related);
    return out;
  }

 private:
  std::uint32_t node(std::string_view id) {
    const auto [at, added] = nodes_.try_emplace(id, static_cast<std::uint32_t>(names_.size()));
    if (added) {
      names_.push_back(id);
      groups_.add();
    }
    return at->second;
  }

  const std::vector<Compiled>& records_;
  std::unordered_map<std::string_view, std::uint32_t> nodes_;
  std::vector<std::string_view> names_;
  UnionFind groups_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> members_;
};

Signals signals_of(Graph& graph, std::uint32_t record, const KevCatalogue& kev, const EpssScores& epss) {
  Signals out;
  double best = -1;
  for (const auto& [id, via] : graph.reach(record)) {
    if (!id.starts_with("CVE-")) continue;
    const std::string cve(id);
    if (kev.entries.contains(cve) && (out.exploited_via == Via::none || std::pair(via, cve) < std::pair(out.exploited_via, out.exploited_cve))) {
      out.exploited_via = via;
      out.exploited_cve = cve;
    }
    const auto score = epss.scores.find(cve);
    if (score == epss.scores.end()) continue;
    const double value = std::strtod(score->second.probability.c_str(), nullptr);
    if (value > best || (value == best && cve < out.epss_cve)) {
      best = value;
      out.epss_cve = cve;
    }
  }
  return out;
}

}  // namespace

Clusters find_clusters(const std::vector<Compiled>& records, const KevCatalogue& kev, const EpssScores& epss) {
  Graph graph(records);
  Clusters out;
  out.of_record.assign(records.size(), no_cluster);
  out.signals.resize(records.size());
  std::unordered_map<std::uint32_t, std::uint32_t> cluster_of_root;
  for (std::uint32_t r = 0; r < records.size(); ++r) {
    const auto& group = graph.group(r);
    if (group.size() > 1) {
      const auto [at, added] = cluster_of_root.try_emplace(graph.root(r), static_cast<std::uint32_t>(out.ids.size()));
      if (added) {
        auto& ids = out.ids.emplace_back();
        for (const std::uint32_t n : group) ids.emplace_back(graph.name(n));
        std::sort(ids.begin(), ids.end());
      }
      out.of_record[r] = at->second;
    }
    if (!kev.entries.empty() || !epss.scores.empty()) out.signals[r] = signals_of(graph, r, kev, epss);
  }
  return out;
}

}  // namespace duolex::vulnerabilities::index
