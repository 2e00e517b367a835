// Small whole numbers in runs: the levels of a column and the places in its dictionary, as they come.
#pragma once

#include <cstdint>
#include <string_view>

namespace duolex::threats::parquet {

// Runs of one value, or groups of eight packed bit by bit, each announced by a number (Parquet's "RLE").
class Runs {
 public:
  Runs() = default;
  Runs(std::string_view bytes, unsigned width) : bytes_(bytes), width_(width) {}  // width: bits of a value, at most 32
  // The next `count` values. False when the bytes do not hold them.
  [[nodiscard]] bool take(std::uint32_t* out, std::size_t count);

 private:
  [[nodiscard]] bool begin_run();
  std::string_view bytes_;
  unsigned width_ = 0;
  std::size_t at_ = 0;
  std::uint64_t left_ = 0;   // of the run
  bool packed_ = false;
  std::uint32_t value_ = 0;
  std::size_t bit_ = 0;      // of the packed values, from at_
};

// Levels packed from the highest bit on, without runs, as the oldest writers did.
class HighBits {
 public:
  HighBits() = default;
  HighBits(std::string_view bytes, unsigned width) : bytes_(bytes), width_(width) {}
  [[nodiscard]] bool take(std::uint32_t* out, std::size_t count);

 private:
  std::string_view bytes_;
  unsigned width_ = 0;
  std::size_t bit_ = 0;
};

// The bits that a number up to `most` takes.
[[nodiscard]] unsigned bits_for(std::uint64_t most);
// `width` bits (at most 64) from `bit` on, lowest first. The caller sees to it that they are there.
[[nodiscard]] std::uint64_t bits_at(std::string_view bytes, std::size_t bit, unsigned width);
// A number in groups of seven bits from `at` on. False when it breaks off or is too long.
[[nodiscard]] bool seven_bits(std::string_view bytes, std::size_t& at, std::uint64_t& out);

}  // namespace duolex::threats::parquet
