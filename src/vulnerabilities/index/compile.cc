#include "vulnerabilities/index/compile.h"

#include <algorithm>
#include <set>

#include "vulnerabilities/feeds/intervals.h"
#include "vulnerabilities/feeds/packages.h"
#include "vulnerabilities/index/format.h"
#include "vulnerabilities/versions/order_lines.h"

namespace duolex::vulnerabilities::index {
namespace {

constexpr std::size_t most_compared = 4'000'000;

Scheme scheme_for(const Affected& affected, const Range& range) {
  if (!range.scheme.empty()) return scheme_for_name(range.scheme);
  const Scheme own = scheme_of(affected.ecosystem);
  if (range.type != Range::Type::semver) return own;
  // Go and Bitnami say SEMVER; where the ecosystem's order departs from SemVer, its own is meant.
  return own == Scheme::go || own == Scheme::hex || own == Scheme::pub ? own : Scheme::semver;
}

bool within(const std::string& key, const Interval& i) {
  return (i.from_start || key >= i.from) && (i.open_ended || key < i.to || (i.to_included && key == i.to));
}

void put_shared(const std::string& text, Compiled& out) {
  out.shared.push_back(static_cast<std::uint32_t>(out.cold.size()));
  put_text(out.cold, text);
}

// One entry of `affected`: its part of the package's blob, and of the record's cold bytes.
void compile_affected(const Affected& a, std::size_t number, Compiled& out) {
  std::string intervals, cold_intervals, versions, cold_versions;
  std::size_t interval_count = 0, version_count = 0;
  std::vector<std::pair<Scheme, Interval>> all;
  std::vector<std::string> unreadable;
  bool ordered = false, commits = false;
  for (std::size_t r = 0; r < a.ranges.size(); ++r) {
    const Range& range = a.ranges[r];
    if (range.type == Range::Type::git) {
      commits = true;
      continue;
    }
    ordered = true;
    const Scheme scheme = scheme_for(a, range);
    Intervals compiled = intervals_of(scheme, range.events);
    unreadable.insert(unreadable.end(), compiled.unreadable.begin(), compiled.unreadable.end());
    for (Interval& i : compiled.list) {
      intervals.push_back(static_cast<char>((i.from_start ? from_start : 0) | (i.open_ended ? open_ended : 0) | (i.to_included ? to_included : 0)));
      intervals.push_back(static_cast<char>(scheme));
      if (!i.from_start) put_text(intervals, i.from);
      if (!i.open_ended) put_text(intervals, i.to);
      put_number(cold_intervals, r);
      put_text(cold_intervals, i.from_text);
      cold_intervals.push_back(static_cast<char>(i.ended_by));
      put_text(cold_intervals, i.to_text);
      ++interval_count;
      all.emplace_back(scheme, std::move(i));
    }
  }
  // A listed version that an interval holds anyway is not written out, unless there are too many to compare.
  const Scheme own = scheme_of(a.ecosystem);
  std::set<std::string> seen;
  const bool few = all.size() * a.versions.size() <= most_compared;
  for (const std::string& version : a.versions) {
    std::string key;
    const Reading reading = append_key(own, version, key);
    if (few && reading == Reading::exact &&
        std::any_of(all.begin(), all.end(), [&](const auto& i) { return i.first == own && within(key, i.second); }))
      continue;
    const bool keyed = reading != Reading::unreadable;
    std::string piece(1, keyed ? '\1' : '\0');
    put_text(piece, keyed ? key : version);
    if (!seen.insert(piece).second) continue;
    versions += piece;
    put_text(cold_versions, version);
    ++version_count;
  }
  std::uint8_t lacks = 0;
  if (!ordered && commits && a.versions.empty()) lacks |= only_commits;
  if (a.ranges.empty() && a.versions.empty() && !a.every_version) lacks |= no_versions;
  if (!unreadable.empty()) lacks |= unreadable_events;
  if (a.every_version) lacks |= every_version;

  std::string& cold = out.cold;
  put_shared(a.ecosystem, out);
  put_shared(a.name, out);
  put_number(cold, interval_count);
  cold += cold_intervals;
  put_number(cold, version_count);
  cold += cold_versions;
  put_number(cold, unreadable.size());
  for (const std::string& version : unreadable) put_text(cold, version);

  const auto key = key_of(a.ecosystem, a.name, a.purl);
  if (!key) {
    ++out.unplaced;
    return;
  }
  if (out.withdrawn) return;
  Hot hot;
  hot.key = key->text;
  put_text(hot.bytes, release_of(a.ecosystem));
  put_number(hot.bytes, number);
  hot.bytes.push_back(static_cast<char>(lacks));
  hot.bytes.push_back(static_cast<char>(own));
  put_number(hot.bytes, interval_count);
  hot.bytes += intervals;
  put_number(hot.bytes, version_count);
  hot.bytes += versions;
  out.hot.push_back(std::move(hot));
}

std::vector<std::string> sorted(std::vector<std::string> ids, const std::string& own) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::erase(ids, own);
  return ids;
}

}  // namespace

Compiled compile(const Advisory& advisory) {
  Compiled out;
  out.id = advisory.id;
  out.modified = advisory.modified;
  out.withdrawn = !advisory.withdrawn.empty();
  out.aliases = sorted(advisory.aliases, advisory.id);
  out.upstream = sorted(advisory.upstream, advisory.id);
  out.related = sorted(advisory.related, advisory.id);
  put_text(out.cold, advisory.id);
  for (const std::string* time : {&advisory.modified, &advisory.published, &advisory.withdrawn}) put_time(out.cold, *time);
  put_text(out.cold, advisory.summary);
  put_shared(advisory.severity, out);
  for (const auto* ids : {&out.aliases, &out.upstream, &out.related}) {
    put_number(out.cold, ids->size());
    for (const std::string& id : *ids) put_text(out.cold, id);
  }
  put_number(out.cold, advisory.affected.size());
  for (std::size_t i = 0; i < advisory.affected.size(); ++i) compile_affected(advisory.affected[i], i, out);
  put_number(out.cold, out.unplaced);
  std::string all = out.cold;
  for (const Hot& hot : out.hot) {
    put_text(all, hot.key);
    put_text(all, hot.bytes);
  }
  out.content_hash = hash_of(all);
  return out;
}

}  // namespace duolex::vulnerabilities::index
