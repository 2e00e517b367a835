// The folder of a portfolio: the store, the segments of the component index, the kept bills. Internal to
// src/workspace.
#pragma once

#include <optional>

#include "storage/folder_lock.h"
#include "storage/portfolio_store.h"
#include "vulnerabilities/portfolio/gather.h"
#include "vulnerabilities/portfolio/portfolio.h"
#include "workspace/watch/watch.h"

namespace duolex::workspace {

class WatchFolder {
 public:
  enum class Use { reading, writing, making };
  // Writers hold the folder's lock until they are gone.
  [[nodiscard]] static Result<WatchFolder> open(const WatchPlace& place, Use use);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] storage::PortfolioStore& store() { return *store_; }
  [[nodiscard]] Result<vulnerabilities::portfolio::Portfolio> portfolio();

  [[nodiscard]] const std::string& now() const { return now_; }
  [[nodiscard]] std::filesystem::path statements_path(const std::string& sha256) const { return path_ / "vex" / sha256; }
  [[nodiscard]] std::filesystem::path bill_path(const std::string& sha256) const { return path_ / "bills" / sha256; }
  // Inside a transaction: the gathered releases become a segment, small segments one. Returns the files to remove
  // once the transaction has been committed.
  void add_segment(std::string bytes);
  // All segments are replaced by this one.
  void replace_segments(std::string bytes);
  void remove_unused_segments();
  void release_lock() { lock_.reset(); }

 private:
  WatchFolder() = default;
  std::optional<storage::SegmentRow> write_segment(const std::string& bytes);
  std::filesystem::path path_;
  std::string now_;
  std::optional<storage::FolderLock> lock_;
  std::optional<storage::PortfolioStore> store_;
};

// The exit status for what is wrong with a portfolio's folder: bad input, or 73 where it cannot be written.
[[nodiscard]] ExitCode watch_refused(const Diagnostics& problems, std::ostream& err);

}  // namespace duolex::workspace
