#include "workspace/watch/watch_place.h"

#include <ostream>

#include "base/file.h"
#include "base/hash.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace portfolio = vulnerabilities::portfolio;


}  // namespace

ExitCode watch_refused(const Diagnostics& problems, std::ostream& err) {
  err << render(problems);
  for (const Diagnostic& d : problems)
    for (const char* words : {"cannot be written", "cannot be opened", "is at work in this folder", "is locked by", "cannot be read or written", "cannot be locked"})
      if (d.message.find(words) != std::string::npos) return ExitCode::cannot_write;
  return ExitCode::bad_input;
}

Result<WatchFolder> WatchFolder::open(const WatchPlace& place, Use use) {
  std::error_code error;
  WatchFolder folder;
  folder.path_ = place.folder;
  folder.now_ = place.now;
  const fs::path file = place.folder / "portfolio.db";
  if (!fs::exists(file, error)) {
    if (use != Use::making) return failure(error_in(place.folder.string(), "is no portfolio: it holds no portfolio.db", "`duolex watch add` makes one"));
    fs::create_directories(place.folder / "bills", error);
    if (error) return failure(error_in(place.folder.string(), "cannot be written: " + error.message()));
  }
  if (use != Use::reading) {
    auto lock = storage::FolderLock::take(place.folder / "lock", place.wait_seconds);
    if (!lock) return failure(lock.error());
    folder.lock_.emplace(std::move(*lock));
  }
  auto store = storage::PortfolioStore::open(file, use == Use::making);
  if (!store) return failure(store.error());
  folder.store_.emplace(std::move(*store));
  return folder;
}

Result<portfolio::Portfolio> WatchFolder::portfolio() {
  std::vector<portfolio::Segment> segments;
  for (const storage::SegmentRow& row : store_->segments()) {
    auto segment = portfolio::Segment::open((path_ / row.file).string());
    if (!segment) return failure(segment.error());
    segments.push_back(std::move(*segment));
  }
  if (auto whole = store_->whole(); !whole) return failure(whole.error());
  return portfolio::Portfolio(std::move(segments));
}

std::optional<storage::SegmentRow> WatchFolder::write_segment(const std::string& bytes) {
  storage::SegmentRow row;
  const auto made = portfolio::Segment::over("segment", bytes);
  row.file = "components-" + sha256_hex(bytes).substr(0, 16) + ".seg";
  row.bytes = static_cast<std::int64_t>(bytes.size());
  row.instances = made ? static_cast<std::int64_t>(made->instance_count()) : 0;
  if (auto written = write_file_atomically(path_ / row.file, bytes); !written) {
    store_->fail(written.error());
    return std::nullopt;
  }
  return row;
}

// Segments shrink from the oldest to the newest, so that adding a release rewrites little.
void WatchFolder::add_segment(std::string bytes) {
  std::vector<storage::SegmentRow> rows = store_->segments();
  std::vector<std::string> tail = {std::move(bytes)};
  std::int64_t size = static_cast<std::int64_t>(tail.front().size());
  std::vector<portfolio::Segment> parts;
  while (!rows.empty() && rows.back().bytes < 2 * size) {
    auto old = portfolio::Segment::open((path_ / rows.back().file).string());
    if (!old) return store_->fail(old.error());
    size += rows.back().bytes;
    parts.insert(parts.begin(), std::move(*old));
    rows.pop_back();
  }
  if (!parts.empty()) {
    auto fresh = portfolio::Segment::over("segment", tail.front());
    if (!fresh) return store_->fail(fresh.error());
    parts.push_back(std::move(*fresh));
    auto merged = portfolio::merge(parts);
    if (!merged) return store_->fail(merged.error());
    tail.push_back(std::move(*merged));
  }
  if (auto row = write_segment(tail.back())) {
    rows.push_back(*row);
    store_->set_segments(rows);
  }
}

void WatchFolder::replace_segments(std::string bytes) {
  if (auto row = write_segment(bytes)) store_->set_segments({*row});
}

void WatchFolder::remove_unused_segments() {
  std::vector<std::string> used;
  for (const storage::SegmentRow& row : store_->segments()) used.push_back(row.file);
  if (!store_->whole()) return;
  std::error_code error;
  std::vector<fs::path> unused;
  for (fs::directory_iterator it(path_, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with("components-") && std::find(used.begin(), used.end(), name) == used.end()) unused.push_back(it->path());
  }
  for (const fs::path& path : unused) fs::remove(path, error);
}

}  // namespace duolex::workspace
