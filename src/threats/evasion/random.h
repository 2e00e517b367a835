// Random numbers by counter (Philox 4x32, ten rounds; Salmon and others, 2011): the n-th number of a stream is a
// function of seed, stream and n alone, so threads, batches and the order of samples cannot change a result.
#pragma once

#include <array>
#include <cstdint>

namespace duolex::threats::evasion {

// The block of four numbers at a counter.
[[nodiscard]] std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

class Random {
 public:
  // `purpose` tells apart what one sample draws for: the attack and its target or restart.
  Random(std::uint64_t seed, std::uint64_t sample, std::uint32_t purpose) : seed_(seed), sample_(sample), purpose_(purpose) {}

  std::uint32_t bits();
  double uniform();                         // [0, 1)
  double normal();                          // mean 0, variance 1
  std::uint32_t below(std::uint32_t limit);  // [0, limit), without bias; limit > 0
  float sign() { return (bits() & 1) != 0 ? 1.0f : -1.0f; }

 private:
  std::uint64_t seed_, sample_;
  std::uint32_t purpose_, block_ = 0, used_ = 4;
  std::array<std::uint32_t, 4> ready_{};
};

}  // namespace duolex::threats::evasion
