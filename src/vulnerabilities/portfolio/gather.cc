#include "vulnerabilities/portfolio/gather.h"

#include <algorithm>

#include "vulnerabilities/matching/match.h"

namespace duolex::vulnerabilities::portfolio {
namespace {

void insert(Releases& into, std::uint32_t release) {
  const auto at = std::lower_bound(into.begin(), into.end(), release);
  if (at == into.end() || *at != release) into.insert(at, release);
}

bool add_package(Package& package, std::string_view blob) {
  PackageReader reader(blob);
  Releases releases;
  for (GroupView group; reader.next(group);) {
    Versions& versions = package[{std::string(group.release), group.distribution, group.source, group.scheme}];
    for (std::uint32_t i = 0; i < group.size(); ++i) {
      releases.clear();
      group.append_releases(i, releases);
      Releases& all = versions[{i >= group.ordered, std::string(group.key(i)), std::string(group.text(i))}];
      if (all.empty() || releases.empty() || all.back() < releases.front()) {
        all.insert(all.end(), releases.begin(), releases.end());
      } else {
        for (const std::uint32_t release : releases) insert(all, release);
      }
    }
  }
  return !reader.broken();
}

}  // namespace

std::size_t Gatherer::add(std::uint32_t release, const sbom::Sbom& bill) {
  std::size_t found = 0;
  for (const sbom::Component& component : bill.components) {
    const std::vector<Lookup> lookups = lookups_of(component);
    found += lookups.empty() ? 0 : 1;
    for (const Lookup& lookup : lookups) {
      const Query& q = lookup.query;
      Releases& releases = packages_[q.key.text][{q.release, q.distribution, q.source, q.scheme}][version_name(q.scheme, q.version)];
      const std::size_t before = releases.size();
      insert(releases, release);
      instances_ += releases.size() - before;
    }
  }
  return found;
}

std::string Gatherer::finish() {
  std::vector<std::pair<PackageOrder, const Package*>> sorted;
  sorted.reserve(packages_.size());
  for (const auto& [key, package] : packages_) sorted.emplace_back(order_of(key), &package);
  std::sort(sorted.begin(), sorted.end());
  SegmentWriter writer;
  for (const auto& [order, package] : sorted) writer.add(order.key, *package);
  packages_.clear();
  instances_ = 0;
  return writer.finish();
}

Result<std::string> merge(std::vector<Segment>& segments) {
  std::vector<std::size_t> at(segments.size(), 0);
  SegmentWriter writer;
  for (;;) {
    std::optional<PackageOrder> next;
    for (std::size_t s = 0; s < segments.size(); ++s) {
      if (at[s] == segments[s].package_count()) continue;
      const PackageOrder order{segments[s].package_hash(at[s]), segments[s].package_key(at[s])};
      if (segments[s].damage()) return failure(*segments[s].damage());
      if (!next || order < *next) next = order;
    }
    if (!next) return writer.finish();
    Package package;
    for (std::size_t s = 0; s < segments.size(); ++s) {
      if (at[s] == segments[s].package_count() || segments[s].package_hash(at[s]) != next->hash || segments[s].package_key(at[s]) != next->key) continue;
      if (!add_package(package, segments[s].package_blob(at[s])) || segments[s].damage())
        return failure(segments[s].damage() ? *segments[s].damage() : error_in("portfolio", "a package is broken"));
      ++at[s];
    }
    writer.add(next->key, package);
  }
}

}  // namespace duolex::vulnerabilities::portfolio
