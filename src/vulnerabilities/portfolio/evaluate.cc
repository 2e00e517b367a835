#include "vulnerabilities/portfolio/evaluate.h"

#include <algorithm>

#include "vulnerabilities/matching/evaluate.h"

namespace duolex::vulnerabilities::portfolio {
namespace {

struct Bounds {
  std::uint8_t flags = 0;
  std::string_view from, to;
};
struct Listed {
  bool keyed = false;
  std::string_view text;
};

// An entry of a record, read once for all groups.
struct Stated {
  std::string_view release;
  std::uint8_t lacks = 0;
  Scheme own = Scheme::none;
  bool one_scheme = true;  // its own, for intervals too
  std::vector<Bounds> intervals;
  std::vector<Listed> listed;

  // Keeps the room of what was read before.
  void read(std::string_view entry) {
    intervals.clear();
    listed.clear();
    one_scheme = true;
    index::Cursor c(entry);
    release = c.text();
    c.number();
    lacks = c.byte();
    own = static_cast<Scheme>(c.byte() % scheme_count);
    for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) {
      Bounds& b = intervals.emplace_back();
      b.flags = c.byte();
      one_scheme = static_cast<Scheme>(c.byte() % scheme_count) == own && one_scheme;
      if ((b.flags & index::from_start) == 0) b.from = c.text();
      if ((b.flags & index::open_ended) == 0) b.to = c.text();
    }
    for (std::uint64_t n = c.number(); n > 0 && !c.broken(); --n) {
      Listed& l = listed.emplace_back();
      l.keyed = c.byte() != 0;
      l.text = c.text();
    }
  }
};

class Answer {
 public:
  using Covered = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
  Answer(std::string_view entry, const Stated& stated, const GroupView& group, Query& query, SameRelease release, std::vector<Hit>& hits, Covered& covered)
      : entry_(entry), stated_(stated), group_(group), query_(query), unclear_(release == SameRelease::unclear), hits_(hits), covered_(covered) {
    covered_.clear();
  }

  void run() {
    if ((stated_.lacks & index::every_version) != 0) {
      affected(Reason::Kind::every_version, 0, group_.size());
      return;
    }
    // Keys of another order than the group's say nothing about where its versions lie.
    const bool in_order = stated_.one_scheme && stated_.own == group_.scheme;
    if (in_order) ordered();
    for (std::uint32_t i = in_order ? group_.ordered : 0; i < group_.size(); ++i) single(i);
  }

 private:
  void add(Reason::Kind kind, Status status, std::uint32_t first, std::uint32_t last) {
    if (first < last) hits_.push_back({group_, first, last, status, kind});
  }
  void affected(Reason::Kind kind, std::uint32_t first, std::uint32_t last) {
    add(unclear_ ? Reason::Kind::unclear_release : kind, unclear_ ? Status::unknown : Status::affected, first, last);
    if (first < last) covered_.emplace_back(first, last);
  }

  void ordered() {
    for (const Bounds& b : stated_.intervals) {
      const std::uint32_t first = (b.flags & index::from_start) != 0 ? 0 : group_.lower_bound(b.from);
      const std::uint32_t last = (b.flags & index::open_ended) != 0  ? group_.ordered
                                 : (b.flags & index::to_included) != 0 ? group_.upper_bound(b.to)
                                                                       : group_.lower_bound(b.to);
      affected(Reason::Kind::interval, first, last);
    }
    // A version without a key in this order equals none that has one.
    for (const Listed& l : stated_.listed)
      if (l.keyed) affected(Reason::Kind::listed, group_.lower_bound(l.text), group_.upper_bound(l.text));
    if ((stated_.lacks & (index::unreadable_events | index::only_commits | index::no_versions)) == 0) return;
    const Reason::Kind kind = (stated_.lacks & index::unreadable_events) != 0 ? Reason::Kind::bad_event
                              : (stated_.lacks & index::only_commits) != 0    ? Reason::Kind::only_commits
                                                                              : Reason::Kind::nothing_stated;
    std::sort(covered_.begin(), covered_.end());
    std::uint32_t at = 0;
    for (const auto& [first, last] : covered_) {
      add(kind, Status::unknown, at, first);
      at = std::max(at, last);
    }
    add(kind, Status::unknown, at, group_.ordered);
  }

  void single(std::uint32_t i) {
    query_.version = group_.text(i);
    VersionKeys keys(query_.version);
    const Outcome outcome = evaluate(entry_, query_, keys);
    if (outcome.hit) add(outcome.kind, outcome.status, i, i + 1);
  }

  std::string_view entry_;
  const Stated& stated_;
  const GroupView& group_;
  Query& query_;
  bool unclear_;
  std::vector<Hit>& hits_;
  Covered& covered_;
};

}  // namespace

struct Evaluator::Room {
  Stated stated;
  Query query;
  Answer::Covered covered;
};

Evaluator::Evaluator() : room_(std::make_unique<Room>()) {}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

bool Evaluator::evaluate(std::string_view entry, std::string_view package_key, std::string_view package_blob, std::vector<Hit>& hits) {
  room_->stated.read(entry);
  Query& query = room_->query;
  query.key.text.assign(package_key);
  PackageReader reader(package_blob);
  for (GroupView group; reader.next(group);) {
    query.release.assign(group.release);
    query.distribution = group.distribution;
    query.source = group.source;
    query.scheme = group.scheme;
    const SameRelease release = same_release(room_->stated.release, query);
    if (release != SameRelease::no) Answer(entry, room_->stated, group, query, release, hits, room_->covered).run();
  }
  return !reader.broken();
}

}  // namespace duolex::vulnerabilities::portfolio
