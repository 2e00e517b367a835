// The files of an index: written by one at a time, each state in one step.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "vulnerabilities/index/build.h"
#include "vulnerabilities/index/index.h"

namespace duolex::workspace {

// Held while an index is written; others wait. The system lets go of it when the process ends, however it ends.
class IndexLock {
 public:
  [[nodiscard]] static Result<IndexLock> take(const std::string& index);
  IndexLock(IndexLock&& other) noexcept;
  IndexLock& operator=(IndexLock&&) = delete;
  ~IndexLock();

 private:
  explicit IndexLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// What writing did.
struct Stored {
  vulnerabilities::index::BuildReport report;
  std::string file;        // that was written; "" when nothing would have changed
  std::size_t bytes = 0;
  std::size_t deltas = 0;  // beside the index, now
  bool merged = false;     // the deltas were made into the index
};

// The lock is the caller's. When a function returns, the state it wrote is on the disk; when the process ends before,
// the state before is.
[[nodiscard]] Result<Stored> store_index(const std::string& index, vulnerabilities::index::Gathered gathered, const std::string& now);
[[nodiscard]] Result<Stored> store_delta(const std::string& index, vulnerabilities::index::Gathered gathered, const std::string& now);

}  // namespace duolex::workspace
