// The file of a ledger, append-only (docs/formats/ledger.md): frames of leaves, each group closed by a frame with the
// tree's size and root. A group counts once its closing frame is on the disk; what follows the last one was never
// acknowledged.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/merkle.h"

namespace duolex::evidence {

inline constexpr std::size_t leaf_limit = std::size_t{1} << 20;       // bytes of one leaf
inline constexpr std::string_view log_header = "duolex ledger 1\n";

// A leaf, or the end of a group.
struct LogFrame {
  bool group_end = false;
  std::uint64_t index = 0;   // of the leaf; of a group's end the size of the tree
  std::uint64_t offset = 0;  // in the file
  std::string_view data;
  Hash hash{};               // of the leaf as stored; of a group's end the root
};

struct LogScan {
  std::uint64_t size = 0;              // leaves up to the last end of a group
  std::uint64_t end = 0;               // the offset after it
  std::uint64_t unfinished_bytes = 0;  // after that: never acknowledged, or damaged
  TreeHead head;                       // of the leaves up to there
  Diagnostics damage;                  // what does not fit its hash or its root, with byte offsets
};

// Reads the bytes of a log; `each` sees every leaf before the last end of a group, in order. Every leaf and every root
// is computed again. Never fails on damage: it is in the result.
[[nodiscard]] Result<LogScan> scan_log(const std::string& file, std::string_view bytes, const std::function<void(const LogFrame&)>& each = {});

// What a log writes through; a test puts one that fails in its place.
class LogDevice {
 public:
  virtual ~LogDevice() = default;
  // All of the bytes at the end of the file, or false with errno.
  virtual bool append(std::string_view bytes) = 0;
  virtual bool sync() = 0;
  virtual bool truncate(std::uint64_t size) = 0;
};

// The bytes of a group: its leaves and its end.
[[nodiscard]] std::string group_bytes(const std::vector<std::string>& leaves, TreeHead& head);

// Opened for appending, locked against others.
class LogWriter {
 public:
  // Made when it is not there. What was never acknowledged is moved to a file `unfinished-<offset>` beside it, and said
  // in `notes`. Fails when the log is damaged or somebody else writes to it.
  [[nodiscard]] static Result<LogWriter> open(const std::filesystem::path& path);
  // On a device of the caller's, which holds `scan` already.
  LogWriter(std::unique_ptr<LogDevice> device, const LogScan& scan, std::string file);
  LogWriter(LogWriter&&) noexcept;
  LogWriter& operator=(LogWriter&&) noexcept;
  ~LogWriter();

  // All leaves of a group, acknowledged together after one synchronisation; the index of the first. After a failure of
  // the synchronisation nothing more is written: what the disk holds is not known.
  [[nodiscard]] Result<std::uint64_t> append(const std::vector<std::string>& leaves);

  [[nodiscard]] const TreeHead& head() const { return head_; }
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  std::unique_ptr<LogDevice> device_;
  TreeHead head_;
  std::uint64_t end_ = 0;
  bool broken_ = false;
  std::string file_;
  std::vector<std::string> notes_;
};

}  // namespace duolex::evidence
