// One file being looked at: what was found, where inside it, and how much work is still allowed. Readers get a Scan
// and the bytes; what they find inside goes back through `inside`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "threats/model_files/report.h"
#include "threats/model_files/unpacker.h"

namespace duolex::threats::model_files {

struct Limits {
  std::size_t member = std::size_t{48} << 20;     // bytes of one unpacked member held in memory
  std::size_t unpacked = std::size_t{128} << 20;  // bytes unpacked of one file, in all
  std::size_t members = 20'000;                   // of all archives in one file
  unsigned depth = 8;                             // archives in archives
  std::size_t reasons = 100;
  std::size_t steps = 30'000'000;                 // of the pickle machine, for one file
};

// A file that the one looked at names beside it.
struct Neighbour {
  enum class State : std::uint8_t { absent, outside, there } state = State::absent;  // outside: also where a link leads there
  std::uint64_t size = 0;
};
using Neighbours = std::function<Neighbour(const std::string& name)>;

class Scan {
 public:
  // `unpackers` may be empty: then what needs one is reported as not checked.
  // `neighbours` may be empty: then what lies in other files is not checked.
  Scan(const Limits& limits, UnpackerSource unpackers, std::size_t size, Neighbours neighbours = {})
      : limits_(limits), unpackers_(std::move(unpackers)), neighbours_(std::move(neighbours)), size_(size) {}

  // An offset beyond the end, as damaged files state them, is shown as the end.
  void found(Verdict verdict, const std::string& what, std::size_t offset, const std::string& call = "");
  void not_checked(const std::string& what);
  // What the file as a whole is; the first statement about the file itself holds.
  void kind(const std::string& kind);

  // Looks into a part of what is being looked at. `name` decides nothing but what is promised by its ending.
  void inside(const std::string& name, std::string_view bytes);

  [[nodiscard]] const Limits& limits() const { return limits_; }
  // Bytes that may still be unpacked, at most those of one member.
  [[nodiscard]] std::size_t room() const;
  void unpacked(std::size_t bytes) { unpacked_ += bytes; }
  // False when there were too many members; says so once.
  [[nodiscard]] bool next_member();
  [[nodiscard]] std::size_t steps_left() const { return limits_.steps - steps_; }
  void stepped(std::size_t steps) { steps_ += steps < steps_left() ? steps : steps_left(); }
  // For 7z, xz, bzip2 and the like; null with a note when there is none.
  [[nodiscard]] const Unpacker* unpacker();

  // A file beside this one; nothing of what is packed into another, or where nobody can say.
  [[nodiscard]] std::optional<Neighbour> neighbour(const std::string& name) const {
    return neighbours_ && member_.empty() ? std::optional(neighbours_(name)) : std::nullopt;
  }

  // The name of the innermost part, "" for the file itself.
  [[nodiscard]] const std::string& member() const { return member_; }
  // Classes that the file defines in its own, contained language (TorchScript) may be named by its pickles.
  bool torch_script = false;

  [[nodiscard]] FileReport finish();

 private:
  Limits limits_;
  UnpackerSource unpackers_;
  Neighbours neighbours_;
  FileReport report_;
  std::string member_;
  std::size_t size_;  // bytes of the part being looked at
  unsigned depth_ = 0;
  std::size_t unpacked_ = 0, members_ = 0, steps_ = 0, left_out_ = 0;
};

// Looks at one file. path is only named in the report; sha256 is set by the caller's bytes.
[[nodiscard]] FileReport scan_file(const std::string& path, std::string_view bytes, const UnpackerSource& unpackers,
                                   const Limits& limits = {}, const Neighbours& neighbours = {});

// Finds out what `bytes` are and hands them to the reader of that kind.
void scan_bytes(Scan& scan, const std::string& name, std::string_view bytes);

}  // namespace duolex::threats::model_files
