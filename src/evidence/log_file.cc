#include "evidence/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/file.h"
#include "evidence/encoding.h"

namespace duolex::evidence {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t log_limit = std::size_t{8} << 30;
constexpr std::uint32_t group_mark = 0xFFFFFFFFU;
constexpr std::size_t group_size = 4 + 8 + 32;

void put32(std::string& out, std::uint32_t v) {
  for (int i = 0; i < 4; ++i) out += static_cast<char>(v >> (8 * i) & 255U);
}
void put64(std::string& out, std::uint64_t v) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(v >> (8 * i) & 255U);
}
std::uint32_t get32(std::string_view b) {
  std::uint32_t v = 0;
  for (int i = 3; i >= 0; --i) v = v << 8U | static_cast<unsigned char>(b[static_cast<std::size_t>(i)]);
  return v;
}
std::uint64_t get64(std::string_view b) {
  std::uint64_t v = 0;
  for (int i = 7; i >= 0; --i) v = v << 8U | static_cast<unsigned char>(b[static_cast<std::size_t>(i)]);
  return v;
}
Hash get_hash(std::string_view b) {
  Hash h;
  std::memcpy(h.data(), b.data(), 32);
  return h;
}

Diagnostic at_byte(const std::string& file, std::uint64_t offset, const std::string& message, const std::string& hint = "") {
  return error_in(file + ": byte " + std::to_string(offset), message, hint);
}

class FileDevice : public LogDevice {
 public:
  explicit FileDevice(int fd) : fd_(fd) {}
  FileDevice(const FileDevice&) = delete;
  FileDevice& operator=(const FileDevice&) = delete;
  ~FileDevice() override { ::close(fd_); }
  bool append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  bool sync() override { return ::fdatasync(fd_) == 0; }
  bool truncate(std::uint64_t size) override { return ::ftruncate(fd_, static_cast<off_t>(size)) == 0 && ::lseek(fd_, 0, SEEK_END) >= 0; }

 private:
  int fd_;
};

bool sync_folder(const fs::path& folder) {
  const int fd = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool good = ::fsync(fd) == 0;
  ::close(fd);
  return good;
}

}  // namespace

Result<LogScan> scan_log(const std::string& file, std::string_view bytes, const std::function<void(const LogFrame&)>& each) {
  LogScan scan;
  if (bytes.size() < log_header.size() || bytes.substr(0, log_header.size()) != log_header) {
    // A log whose very first write was cut short holds nothing.
    if (bytes == log_header.substr(0, bytes.size())) {
      scan.unfinished_bytes = bytes.size();
      return scan;
    }
    return failure(at_byte(file, 0, "is no ledger, or its first bytes are damaged"));
  }
  std::uint64_t at = log_header.size();
  scan.end = at;
  TreeHead head;
  std::vector<LogFrame> group;
  while (bytes.size() - at >= 4) {
    const std::uint32_t length = get32(bytes.substr(at));
    if (length == group_mark) {
      if (bytes.size() - at < group_size) break;
      const std::uint64_t size = get64(bytes.substr(at + 4));
      const Hash root = get_hash(bytes.substr(at + 12));
      if (size != head.size() || root != head.root()) {
        scan.damage.push_back(at_byte(file, at, "the end of a group says size " + std::to_string(size) + " and root " + to_hex(root).substr(0, 16) +
                                                    "…, its leaves give size " + std::to_string(head.size()) + " and root " + to_hex(head.root()).substr(0, 16) + "…"));
      }
      for (const LogFrame& leaf : group) {
        if (each) each(leaf);
      }
      group.clear();
      if (each) each({true, head.size(), at, {}, head.root()});
      at += group_size;
      scan.end = at;
      scan.size = head.size();
      scan.head = head;
      continue;
    }
    if (length > leaf_limit || bytes.size() - at < std::uint64_t{4} + length + 32) break;
    const std::string_view data = bytes.substr(at + 4, length);
    const Hash stored = get_hash(bytes.substr(at + 4 + length)), computed = leaf_hash(data);
    if (stored != computed) {
      scan.damage.push_back(at_byte(file, at, "leaf " + std::to_string(head.size()) + " does not have the hash that stands beside it"));
    }
    group.push_back({false, head.size(), at, data, computed});
    head.append(computed);
    at += 4 + length + 32;
  }
  scan.unfinished_bytes = bytes.size() - scan.end;
  return scan;
}

std::string group_bytes(const std::vector<std::string>& leaves, TreeHead& head) {
  std::string out;
  for (const std::string& leaf : leaves) {
    const Hash hash = leaf_hash(leaf);
    put32(out, static_cast<std::uint32_t>(leaf.size()));
    out += leaf;
    out += bytes_of(hash);
    head.append(hash);
  }
  put32(out, group_mark);
  put64(out, head.size());
  const Hash root = head.root();
  out += bytes_of(root);
  return out;
}

Result<LogWriter> LogWriter::open(const fs::path& path) {
  const std::string name = path.string();
  const auto fault = [&](const std::string& what) { return failure(error_in(name, what + ": " + std::strerror(errno))); };
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (fd < 0) return fault("cannot be opened for writing");
  auto device = std::make_unique<FileDevice>(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return failure(error_in(name, "is being written by another process", "try again when it has ended"));
  auto bytes = read_file(path, log_limit);
  if (!bytes) return failure(bytes.error());
  std::vector<std::string> notes;
  const auto scan = scan_log(name, *bytes);
  if (!scan) return failure(scan.error());
  if (!scan->damage.empty()) return failure(scan->damage);
  if (scan->unfinished_bytes > 0) {
    const fs::path aside = path.parent_path() / ("unfinished-" + std::to_string(scan->end));
    if (auto kept = write_file_atomically(aside, std::string_view(*bytes).substr(scan->end)); !kept) return failure(kept.error());
    if (!device->truncate(scan->end) || !device->sync()) return fault("the unfinished end cannot be taken off");
    notes.push_back(std::to_string(scan->unfinished_bytes) + " bytes after the last acknowledged group were moved to " + aside.string());
  }
  if (scan->end == 0) {
    if (!device->append(log_header) || !device->sync() || !sync_folder(path.parent_path())) return fault("cannot be written");
  }
  LogScan at = *scan;
  if (at.end == 0) at.end = log_header.size();
  LogWriter writer(std::move(device), at, name);
  writer.notes_ = std::move(notes);
  return writer;
}

LogWriter::LogWriter(std::unique_ptr<LogDevice> device, const LogScan& scan, std::string file)
    : device_(std::move(device)), head_(scan.head), end_(scan.end), file_(std::move(file)) {}
LogWriter::LogWriter(LogWriter&&) noexcept = default;
LogWriter& LogWriter::operator=(LogWriter&&) noexcept = default;
LogWriter::~LogWriter() = default;

Result<std::uint64_t> LogWriter::append(const std::vector<std::string>& leaves) {
  if (broken_) return failure(error_in(file_, "an earlier write failed and what the disk holds is not known", "open the ledger again"));
  if (leaves.empty()) return head_.size();
  for (const std::string& leaf : leaves) {
    if (leaf.size() > leaf_limit) return failure(error_in(file_, "a leaf has " + std::to_string(leaf.size()) + " bytes, at most " + std::to_string(leaf_limit) + " are taken"));
  }
  TreeHead next = head_;
  const std::string bytes = group_bytes(leaves, next);
  if (!device_->append(bytes)) {
    const std::string why = std::strerror(errno);
    // A part may have been written; without its end it counts for nothing, and the next group must not follow it.
    if (!device_->truncate(end_)) broken_ = true;
    return failure(error_in(file_, "nothing was recorded: " + why));
  }
  if (!device_->sync()) {
    broken_ = true;
    return failure(error_in(file_, std::string("whether it was recorded is not known: ") + std::strerror(errno), "open the ledger again and look"));
  }
  const std::uint64_t first = head_.size();
  head_ = next;
  end_ += bytes.size();
  return first;
}

}  // namespace duolex::evidence
