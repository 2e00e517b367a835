#include "vulnerabilities/index/clusters.h"

#include <algorithm>
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

}  // namespace

Clusters find_clusters(const std::vector<Compiled>& records) {
  UnionFind groups;
  std::unordered_map<std::string_view, std::uint32_t> nodes;
  std::vector<std::string_view> names;
  const auto node = [&](std::string_view id) {
    const auto [at, added] = nodes.try_emplace(id, static_cast<std::uint32_t>(names.size()));
    if (added) {
      names.push_back(id);
      groups.add();
    }
    return at->second;
  };
  nodes.reserve(records.size() * 2);
  for (const Compiled& r : records) node(r.id);
  for (std::uint32_t i = 0; i < records.size(); ++i)
    for (const std::string& alias : records[i].aliases) groups.join(i, node(alias));

  Clusters out;
  out.of_record.assign(records.size(), no_cluster);
  // A group's root is its lowest member, and so a record.
  std::vector<std::uint32_t> size(names.size()), cluster(names.size(), no_cluster);
  for (std::uint32_t n = 0; n < names.size(); ++n) ++size[groups.find(n)];
  for (std::uint32_t n = 0; n < names.size(); ++n) {
    const std::uint32_t root = groups.find(n);
    if (size[root] < 2) continue;
    if (cluster[root] == no_cluster) {
      cluster[root] = static_cast<std::uint32_t>(out.ids.size());
      out.ids.emplace_back();
    }
    out.ids[cluster[root]].emplace_back(names[n]);
    if (n < records.size()) out.of_record[n] = cluster[root];
  }
  for (auto& ids : out.ids) std::sort(ids.begin(), ids.end());
  return out;
}

std::vector<bool> tied_to(Ties ties, const std::vector<std::string>& cves) {
  const auto by_hash = [](const Ties::Tie& a, const Ties::Tie& b) { return a.hash < b.hash; };
  std::sort(ties.upstream.begin(), ties.upstream.end(), by_hash);
  std::sort(ties.related.begin(), ties.related.end(), by_hash);
  std::unordered_map<std::string_view, std::uint32_t> cluster_of;
  for (std::uint32_t c = 0; c < ties.members.size(); ++c)
    for (const std::string_view id : ties.members[c]) cluster_of[id] = c;
  std::vector<std::uint32_t> record_of_cluster_begin;
  std::vector<std::vector<std::uint32_t>> records_of(ties.members.size());
  std::unordered_map<std::string_view, std::uint32_t> alone;
  for (std::uint32_t r = 0; r < ties.ids.size(); ++r) {
    if (ties.clusters[r] != no_cluster) records_of[ties.clusters[r]].push_back(r);
    else alone.emplace(ties.ids[r], r);
  }
  std::vector<bool> out(ties.ids.size());
  std::vector<bool> seen(ties.members.size());
  std::vector<std::string_view> open(cves.begin(), cves.end());
  const auto each = [&](const std::vector<Ties::Tie>& list, std::string_view id, const auto& use) {
    const Ties::Tie wanted{hash_of(id), id, 0};
    for (auto [at, end] = std::equal_range(list.begin(), list.end(), wanted, by_hash); at != end; ++at)
      if (at->id == id) use(at->record);
  };
  std::vector<std::uint32_t> one_step;
  for (const std::string_view id : open) each(ties.related, id, [&](std::uint32_t r) { one_step.push_back(r); });
  while (!open.empty()) {
    const std::string_view id = open.back();
    open.pop_back();
    if (const auto in = cluster_of.find(id); in != cluster_of.end() && !seen[in->second]) {
      seen[in->second] = true;
      for (const std::uint32_t r : records_of[in->second]) out[r] = true;
      for (const std::string_view other : ties.members[in->second]) open.push_back(other);
    } else if (const auto single = alone.find(id); single != alone.end()) {
      out[single->second] = true;
    }
    each(ties.upstream, id, [&](std::uint32_t r) {
      if (out[r]) return;
      out[r] = true;
      open.push_back(ties.ids[r]);
    });
  }
  for (const std::uint32_t r : one_step) out[r] = true;
  return out;
}

const char* name_of(Via via) {
  switch (via) {
    case Via::none: return "";
    case Via::itself: return "id";
    case Via::alias: return "aliases";
    case Via::upstream: return "upstream";
    case Via::related: return "related";
  }
  return "";
}

}  // namespace duolex::vulnerabilities::index
