#include "vulnerabilities/index/index.h"

#include <sys/stat.h>

#include <algorithm>
#include <unordered_map>

#include "vulnerabilities/index/cold.h"

namespace duolex::vulnerabilities::index {
namespace {

constexpr std::size_t most_deltas = 64;

struct Told : ColdVisitor {
  Told(Segment& segment, StatedRecord& record) : s(segment), out(record) {}
  void id(std::string_view text) { out.id = text; }
  void time(ColdTime which, std::string text) {
    (which == ColdTime::modified ? out.modified : which == ColdTime::published ? out.published : out.withdrawn) = std::move(text);
  }
  void summary(std::string_view text) { out.summary = text; }
  void shared(ColdShared which, std::uint64_t number, std::size_t, std::size_t) {
    if (which == ColdShared::ecosystem) out.affected.emplace_back();
    (which == ColdShared::severity ? out.severity : which == ColdShared::ecosystem ? out.affected.back().ecosystem : out.affected.back().name) = s.shared(number);
  }
  // Its own aliases are in its cluster.
  void upstream(std::string_view text) { out.upstream.push_back(text); }
  void related(std::string_view text) { out.related.push_back(text); }
  void interval(std::uint64_t range, std::string_view from, std::uint8_t ended_by, std::string_view to) {
    out.affected.back().intervals.push_back({range, from, to, static_cast<Event::Kind>(ended_by & 3)});
  }
  void version(std::string_view text) { out.affected.back().versions.push_back(text); }
  void unreadable(std::string_view text) { out.affected.back().unreadable.push_back(text); }

  Segment& s;
  StatedRecord& out;
};

std::uint64_t inode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

std::pair<std::string_view, std::string_view> scores_of(Segment& s) {
  Cursor c(s.in(Section::epss, 0, std::min<std::uint64_t>(256, s.size_of(Section::epss))));
  const std::string_view date = c.text();
  return {date, c.text()};
}

}  // namespace

Index::Index(Index&&) noexcept = default;
Index& Index::operator=(Index&&) noexcept = default;
Index::~Index() = default;

std::string delta_path(const std::string& index, std::size_t number) { return index + ".delta-" + std::to_string(number); }

Result<Index> Index::open(const std::string& path) {
  Result<Index> out = failure(error_in(path, "is replaced again and again while it is opened"));
  // An index that is replaced between the opening of its file and of its deltas is opened again.
  for (int turn = 0; turn < 16; ++turn) {
    auto base = Segment::open(path);
    if (!base) return tl::unexpected(base.error());
    const std::uint64_t inode = (*base)->inode();
    Index index;
    if (auto added = index.add(std::move(*base)); !added) return tl::unexpected(added.error());
    for (std::size_t i = 1; i <= most_deltas; ++i) {
      const std::string name = delta_path(path, i);
      if (inode_of(name) == 0) break;
      auto delta = Segment::open(name);
      if (!delta) {
        if (inode_of(name) == 0) break;  // gone in between
        return tl::unexpected(delta.error());
      }
      // What a build that was cut short left beside the new index belongs to the old one.
      const Header& header = (*delta)->header();
      if (header.base_hash != index.segments_.front()->header().header_hash || header.previous_hash != index.identity()) break;
      if (auto added = index.add(std::move(*delta)); !added) return tl::unexpected(added.error());
    }
    if (inode_of(path) == inode) return index;
  }
  return out;
}

Result<Index> Index::over(const std::string& name, std::string_view bytes) {
  auto base = Segment::over(name, bytes);
  if (!base) return tl::unexpected(base.error());
  Index index;
  if (auto added = index.add(std::move(*base)); !added) return tl::unexpected(added.error());
  return index;
}

Result<void> Index::add(std::unique_ptr<Segment> delta) {
  const Header& header = delta->header();
  const bool first = segments_.empty();
  if (first ? header.base_hash != 0 || header.first_record != 0
            : header.base_hash != segments_.front()->header().header_hash || header.previous_hash != identity() || header.first_record != record_count())
    return failure(error_in(delta->name(), first ? "this is a delta, and no index that stands alone" : "this delta belongs to another index"));
  signals_ = signals_ || delta->size_of(Section::kev_table) != 0 || delta->size_of(Section::epss_table) != 0;
  if (delta->size_of(Section::epss_table) != 0) scored_.insert(scored_.begin(), delta.get());
  segments_.push_back(std::move(delta));
  std::stable_sort(scored_.begin(), scored_.end(), [](Segment* a, Segment* b) { return scores_of(*a) > scores_of(*b); });
  return {};
}

void Index::drop() {
  if (segments_.size() < 2) return;
  std::erase(scored_, segments_.back().get());
  segments_.pop_back();
  signals_ = std::any_of(segments_.begin(), segments_.end(), [](const auto& s) { return s->size_of(Section::kev_table) != 0 || s->size_of(Section::epss_table) != 0; });
}

Result<void> Index::check_all() {
  for (const auto& s : segments_)
    if (auto whole = s->check_all(); !whole) return whole;
  return {};
}

const std::optional<Diagnostic>& Index::damage() const {
  for (const auto& s : segments_)
    if (s->damage()) return s->damage();
  return segments_.front()->damage();
}

bool Index::knows_type(std::string_view type) const {
  return std::any_of(segments_.begin(), segments_.end(), [&](const auto& s) { return s->knows_type(type); });
}

bool Index::may_hold(std::string_view package_key) {
  const std::uint64_t hash = hash_of(package_key);
  return std::any_of(segments_.begin(), segments_.end(), [&](const auto& s) { return s->in_filter(hash); }) || damage();
}

std::string_view Index::kept(std::string bytes) { return blobs_.emplace_back(std::move(bytes)); }

std::string_view Index::find(std::string_view package_key) {
  const std::uint64_t hash = hash_of(package_key);
  if (segments_.size() == 1) return segments_.front()->find(package_key, hash);
  std::string_view only;
  std::string joined;
  std::size_t holding = 0;
  bool whole = true;
  for (const auto& s : segments_) {
    const std::string_view blob = s->find(package_key, hash);
    if (blob.empty()) continue;
    ++holding;
    only = blob;
    for (Cursor c(blob); !c.done();) {
      const std::uint64_t record = c.number();
      const std::string_view entry = c.text();
      if (c.broken() || !lives(record)) {
        whole = false;
        continue;
      }
      put_number(joined, record);
      put_text(joined, entry);
    }
  }
  return holding == 0 || (holding == 1 && whole) ? only : kept(std::move(joined));
}

std::size_t Index::record_count() const {
  return segments_.empty() ? 0 : segments_.back()->header().first_record + segments_.back()->records();
}

Segment& Index::segment_of(std::size_t& number) const {
  std::size_t at = segments_.size() - 1;
  while (at > 0 && number < segments_[at]->header().first_record) --at;
  number -= segments_[at]->header().first_record;
  return *segments_[at];
}

bool Index::lives(std::size_t number) {
  for (std::size_t i = segments_.size() - 1; i > 0 && number < segments_[i]->header().first_record; --i)
    if (segments_[i]->replaces(number)) return false;
  return true;
}

std::string_view Index::meta() { return segments_.back()->whole(Section::meta); }

std::string_view Index::record_id(std::size_t number) {
  Segment& s = segment_of(number);
  return s.record_id(number);
}

std::uint64_t Index::content_hash(std::size_t number) {
  Segment& s = segment_of(number);
  Record r{};
  return s.load(Section::records, number, r) ? r.content_hash : 0;
}

Index::Cluster Index::cluster_of(std::size_t record) {
  for (std::size_t i = segments_.size() - 1; i > 0 && record < segments_[i]->header().first_record; --i)
    if (const auto moved = segments_[i]->moved(record)) return *moved == no_cluster ? Cluster{} : Cluster{segments_[i].get(), *moved};
  Segment& s = segment_of(record);
  Record r{};
  if (!s.load(Section::records, record, r) || r.cluster == no_cluster) return {};
  return {&s, r.cluster};
}

std::optional<Index::Name> Index::find_name(std::string_view id) {
  for (std::size_t i = segments_.size(); i-- > 0;) {
    const auto found = segments_[i]->find_id(id);
    if (!found) continue;
    if (*found == no_alias) return std::nullopt;
    if ((*found & alias_bit) != 0) return Name{std::nullopt, {segments_[i].get(), *found & ~alias_bit}};
    const std::size_t record = segments_[i]->header().first_record + *found;
    return Name{record, cluster_of(record)};
  }
  return std::nullopt;
}

std::optional<std::size_t> Index::find_record(std::string_view id) {
  const auto name = find_name(id);
  return name ? name->record : std::nullopt;
}

StatedRecord Index::record(std::size_t number) {
  StatedRecord out;
  std::size_t own = number;
  Segment& s = segment_of(own);
  Record r{};
  if (!s.load(Section::records, own, r)) return out;
  out.content_hash = r.content_hash;
  Told told(s, out);
  if (!walk_cold(s.cold(r), told)) s.damaged(0, "a record is broken");
  if (const Cluster cluster = cluster_of(number); cluster.segment != nullptr)
    for (const std::string_view id : cluster.segment->cluster(cluster.number))
      if (id != out.id) out.aliases.push_back(id);
  if (signals_) find_signals(number, out);
  return out;
}

}  // namespace duolex::vulnerabilities::index
