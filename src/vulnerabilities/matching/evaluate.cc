#include "vulnerabilities/matching/evaluate.h"

namespace duolex::vulnerabilities {
SameRelease same_release(std::string_view stated, const Query& query) {
  if (stated.empty() || !query.distribution) return SameRelease::yes;
  if (query.release.empty()) return SameRelease::unclear;
  std::string_view rest = stated;
  for (;;) {
    const std::size_t colon = rest.find(':');
    if (rest.substr(0, colon) == query.release) return SameRelease::yes;
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  // These name their releases in words that purls do not use.
  const std::string_view type = query.key.type();
  return type == "rpm/suse" || type == "rpm/opensuse" || type == "rpm/redhat" ? SameRelease::unclear : SameRelease::no;
}

Outcome evaluate(std::string_view entry, const Query& query, VersionKeys& keys) {
  index::Cursor c(entry);
  Outcome out;
  const SameRelease release = same_release(c.text(), query);
  if (release == SameRelease::no) return out;
  out.affected = c.number();
  const std::uint8_t lacks = c.byte();
  const auto own = static_cast<Scheme>(c.byte() % scheme_count);
  out.scheme = own;
  const auto affected = [&](Reason::Kind kind, std::size_t which) {
    out.hit = true;
    out.which = which;
    out.status = release == SameRelease::unclear || query.unsure ? Status::unknown : Status::affected;
    out.kind = release == SameRelease::unclear ? Reason::Kind::unclear_release : query.unsure ? Reason::Kind::only_cpe : kind;
    return out;
  };
  const auto unknown = [&](Reason::Kind kind) {
    if (out.hit) return;
    out.hit = true;
    out.kind = kind;
  };
  if ((lacks & index::every_version) != 0) return affected(Reason::Kind::every_version, 0);
  const bool versioned = !keys.version().empty();
  if (!versioned) unknown(Reason::Kind::no_version);
  const std::uint64_t intervals = c.number();
  for (std::uint64_t i = 0; i < intervals && !c.broken(); ++i) {
    const std::uint8_t flags = c.byte();
    const auto scheme = static_cast<Scheme>(c.byte() % scheme_count);
    const std::string_view from = (flags & index::from_start) != 0 ? std::string_view{} : c.text();
    const std::string_view to = (flags & index::open_ended) != 0 ? std::string_view{} : c.text();
    if (!versioned) continue;
    // Where all versions are meant, none needs an order.
    if (scheme == Scheme::none && (flags & index::from_start) != 0 && (flags & index::open_ended) != 0) return affected(Reason::Kind::interval, i);
    const Reading reading = keys.reading(scheme);
    if (reading != Reading::exact) {
      out.scheme = scheme;
      unknown(reading == Reading::unreadable ? Reason::Kind::unreadable : Reason::Kind::outside);
      continue;
    }
    const std::string_view key = keys.key(scheme);
    if (((flags & index::from_start) != 0 || key >= from) &&
        ((flags & index::open_ended) != 0 || key < to || ((flags & index::to_included) != 0 && key == to))) {
      out.scheme = scheme;
      return affected(Reason::Kind::interval, i);
    }
  }
  const std::uint64_t versions = c.number();
  for (std::uint64_t i = 0; i < versions && !c.broken() && versioned; ++i) {
    const bool keyed = c.byte() != 0;
    const std::string_view listed = c.text();
    if (keyed ? keys.reading(own) != Reading::unreadable && listed == keys.key(own) : listed == keys.version()) {
      out.scheme = own;
      return affected(Reason::Kind::listed, i);
    }
  }
  if ((lacks & index::unreadable_events) != 0) unknown(Reason::Kind::bad_event);
  if ((lacks & index::only_commits) != 0) unknown(Reason::Kind::only_commits);
  if ((lacks & index::no_versions) != 0) unknown(Reason::Kind::nothing_stated);
  return out;
}

}  // namespace duolex::vulnerabilities
