#include "vulnerabilities/portfolio/portfolio.h"

#include <algorithm>
#include <set>

namespace duolex::vulnerabilities::portfolio {
namespace {

void sort_once(Releases& releases) {
  std::sort(releases.begin(), releases.end());
  releases.erase(std::unique(releases.begin(), releases.end()), releases.end());
}

}  // namespace

Reached releases_of(const std::vector<Hit>& hits) {
  Reached out;
  for (const Hit& hit : hits)
    for (std::uint32_t i = hit.first; i < hit.last; ++i) hit.group.append_releases(i, hit.status == Status::affected ? out.affected : out.unknown);
  sort_once(out.affected);
  sort_once(out.unknown);
  Releases only_unknown;
  std::set_difference(out.unknown.begin(), out.unknown.end(), out.affected.begin(), out.affected.end(), std::back_inserter(only_unknown));
  out.unknown = std::move(only_unknown);
  return out;
}

void Portfolio::evaluate(const index::Compiled& advisory, std::vector<Hit>& hits) {
  for (const index::Hot& hot : advisory.hot) {
    const std::uint64_t hash = index::hash_of(hot.key);
    for (Segment& segment : segments_) {
      const std::string_view blob = segment.find(hot.key, hash);
      if (!blob.empty() && !evaluator_.evaluate(hot.bytes, hot.key, blob, hits)) broken_ = error_in("portfolio", "a package is broken");
    }
  }
}

void Portfolio::evaluate_all(index::Index& index, const Take& take) { evaluate_part(index, 0, 1, take); }

void Portfolio::evaluate_part(index::Index& index, std::size_t part, std::size_t parts, const Take& take) {
  std::vector<Hit> hits;
  for (Segment& segment : segments_) {
    const std::size_t count = segment.package_count();
    for (std::size_t i = count * part / parts; i < count * (part + 1) / parts; ++i) {
      const Segment::PackageAt package = segment.package(i);
      const std::string_view key = package.key, blob = package.blob;
      const std::string_view entries = index.find(key);
      if (entries.empty()) continue;
      for (index::Cursor c(entries); !c.done();) {
        const std::size_t record = c.number();
        hits.clear();
        if (!evaluator_.evaluate(c.text(), key, blob, hits)) broken_ = error_in("portfolio", "a package is broken");
        if (!hits.empty()) take(record, key, hits);
      }
    }
  }
}

Result<void> Portfolio::whole() const {
  for (const Segment& segment : segments_)
    if (segment.damage()) return failure(*segment.damage());
  if (broken_) return failure(*broken_);
  return {};
}

std::uint64_t Portfolio::instances() const {
  std::uint64_t n = 0;
  for (const Segment& segment : segments_) n += segment.instance_count();
  return n;
}

std::vector<std::string> Portfolio::types() {
  std::set<std::string> types;
  for (Segment& segment : segments_)
    for (std::size_t i = 0; i < segment.package_count(); ++i) {
      const std::string_view key = segment.package_key(i);
      types.emplace(key.substr(0, key.find('\0')));
    }
  return {types.begin(), types.end()};
}

}  // namespace duolex::vulnerabilities::portfolio
