// Numbers stored as differences, and texts whose lengths are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duolex::threats::parquet {

struct Allowance;

// Blocks of differences, each with its least one and, a miniature block each, the bits of what is above it.
class DeltaNumbers {
 public:
  explicit DeltaNumbers(std::string_view bytes);
  [[nodiscard]] bool next(std::int64_t& out);
  [[nodiscard]] std::uint64_t count() const { return count_; }  // that the bytes claim to hold
  // Where the bytes of the numbers end, once all have been taken.
  [[nodiscard]] std::size_t end() const { return end_of_block_; }

 private:
  [[nodiscard]] bool begin_block();
  std::string_view bytes_;
  std::size_t at_ = 0, end_of_block_ = 0;
  std::uint64_t block_ = 0, parts_ = 0, part_ = 0, count_ = 0, given_ = 0;
  std::uint64_t in_block_ = 0;   // differences of the block that were taken
  std::uint64_t last_ = 0, least_ = 0;
  std::string_view widths_;
  std::size_t part_at_ = 0;
  bool ok_ = false;
};

// Lengths, then the bytes of all texts; with `shared`, before them how many bytes each text takes from the one before.
class DeltaTexts {
 public:
  // `most`: texts that may be asked for; `width`: the length that each must have, 0 for any.
  DeltaTexts(std::string_view bytes, std::size_t most, bool shared, std::size_t width, Allowance& allowance);
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool too_large() const { return too_large_; }
  [[nodiscard]] bool next(std::string_view& out);

 private:
  [[nodiscard]] bool lengths(std::string_view bytes, std::size_t& at, std::size_t most, std::vector<std::uint32_t>& out);
  std::vector<std::uint32_t> own_, taken_over_;
  std::string_view bytes_;
  std::string unfolded_;  // all texts after another, where they share their beginnings
  std::size_t at_ = 0, next_ = 0;
  bool shared_ = false, ok_ = false, too_large_ = false;
};

}  // namespace duolex::threats::parquet
