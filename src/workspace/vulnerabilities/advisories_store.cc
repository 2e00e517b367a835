#include "workspace/vulnerabilities/advisories_store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "base/file.h"
#include "vulnerabilities/index/delta.h"
#include "vulnerabilities/index/journal.h"
#include "vulnerabilities/index/layout.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
namespace index = vulnerabilities::index;

constexpr std::size_t most_deltas = 32;

// The journal is written when the bytes are safe and before they have their name: what it tells of a state that no
// crash let come about is passed over by those who read it.
Result<void> commit(const std::string& file, const std::string& journal, std::string_view bytes, const std::string& lines) {
  remove_left_over_files(file);
  return write_file_atomically(file, bytes, [&] { return append_to_file(journal, lines); });
}

// Deltas beside an index that stands alone belong to none, nor does what killed writers left of them. Each number is
// looked at: a writer killed here has removed the first ones only.
void remove_deltas(const std::string& path) {
  std::error_code error;
  for (std::size_t i = 1; i <= most_deltas; ++i) {
    const std::string delta = index::delta_path(path, i);
    fs::remove(delta, error);
    remove_left_over_files(delta);
  }
}

Result<Stored> replace(const std::string& path, std::optional<index::Index>& old, std::string bytes, index::BuildReport report,
                       const std::vector<index::Change>& changes, const std::string& now) {
  auto fresh = index::Index::over(path, bytes);
  if (!fresh) return tl::unexpected(fresh.error());
  Stored out;
  out.report = std::move(report);
  out.bytes = bytes.size();
  if (old && old->identity() == fresh->identity()) return out;
  const std::string lines =
      index::journal_lines(now, fresh->identity(), out.report.records, old ? index::identity_text(old->identity()) : "", changes);
  if (auto written = commit(path, path + ".journal", bytes, lines); !written) return tl::unexpected(written.error());
  remove_deltas(path);
  out.file = path;
  return out;
}

// A damaged index is replaced like any other; what changed since is then not known.
std::optional<index::Index> whole_index(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  auto old = index::Index::open(path);
  if (!old || !old->check_all()) return std::nullopt;
  return std::move(*old);
}

}  // namespace

Result<IndexLock> IndexLock::take(const std::string& path) {
  const std::string name = path + ".lock";
  const int fd = ::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  int taken = -1;
  while (fd >= 0 && (taken = ::flock(fd, LOCK_EX)) != 0 && errno == EINTR) {
  }
  if (taken == 0) return IndexLock(fd);
  const int error = errno;
  if (fd >= 0) ::close(fd);
  return failure(error_in(name, std::string("cannot be written: ") + std::strerror(error)));
}

IndexLock::IndexLock(IndexLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
IndexLock::~IndexLock() {
  if (fd_ >= 0) ::close(fd_);
}

Result<Stored> store_index(const std::string& path, index::Gathered gathered, const std::string& now) {
  index::BuildReport report = std::move(gathered.report);
  std::string bytes = index::lay_out(std::move(gathered.records), gathered.kev, gathered.epss, report);
  auto old = whole_index(path);
  std::vector<index::Change> changes;
  if (old) {
    auto fresh = index::Index::over(path, bytes);
    if (!fresh) return tl::unexpected(fresh.error());
    if (old->identity() != fresh->identity()) changes = index::changes_between(*old, *fresh);
  }
  return replace(path, old, std::move(bytes), std::move(report), changes, now);
}

Result<Stored> store_delta(const std::string& path, index::Gathered gathered, const std::string& now) {
  auto opened = index::Index::open(path);
  if (!opened) return tl::unexpected(opened.error());
  std::optional<index::Index> old = std::move(*opened);
  auto built = index::build_delta(*old, std::move(gathered));
  if (!built) return tl::unexpected(built.error());
  Stored out;
  out.report = std::move(built->report);
  out.deltas = old->segments().size() - 1;
  if (built->bytes.empty()) return out;
  if (old->segments().size() <= most_deltas) {
    const std::string file = index::delta_path(path, old->segments().size());
    auto delta = index::Segment::over(file, built->bytes);
    if (!delta) return tl::unexpected(delta.error());
    const std::string before = index::identity_text(old->identity());
    const std::string lines = index::journal_lines(now, (*delta)->header().header_hash, out.report.records, before, built->changes);
    if (auto written = commit(file, path + ".journal", built->bytes, lines); !written) return tl::unexpected(written.error());
    out.file = file;
    out.bytes = built->bytes.size();
    ++out.deltas;
    return out;
  }
  auto delta = index::Segment::over("delta", built->bytes);
  if (!delta) return tl::unexpected(delta.error());
  index::Index both = std::move(*old);
  old = index::Index::open(path).value();
  if (auto added = both.add(std::move(*delta)); !added) return tl::unexpected(added.error());
  auto merged = index::merge(both);
  if (!merged) return tl::unexpected(merged.error());
  auto stored = replace(path, old, std::move(merged->bytes), std::move(merged->report), built->changes, now);
  if (stored) {
    stored->merged = true;
    stored->report.files = out.report.files;
  }
  return stored;
}

}  // namespace duolex::workspace
