// Random numbers by counter: the number at (seed, stream, index) is always the same, whoever asks and in which
// order, so that neither the batch nor the thread count changes a result. Philox 4x32 with ten rounds (Salmon,
// Moraes, Dror, Shaw: Parallel random numbers, as easy as 1, 2, 3; 2011). Not for secrets.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace duolex::tensor {

[[nodiscard]] constexpr std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53U} * counter[0], b = std::uint64_t{0xCD9E8D57U} * counter[2];
    counter = {static_cast<std::uint32_t>(b >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(b),
               static_cast<std::uint32_t>(a >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key = {key[0] + 0x9E3779B9U, key[1] + 0xBB67AE85U};
  }
  return counter;
}

// One reproducible sequence: `seed` is the run's, `stream` says what for (such as a sample and an attack).
class Random {
 public:
  Random(std::uint64_t seed, std::uint64_t stream) : seed_(seed), stream_(stream) {}

  [[nodiscard]] std::uint64_t bits(std::uint64_t index) const {
    const auto r = philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                           static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
                          {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
    return std::uint64_t{r[0]} | std::uint64_t{r[1]} << 32;
  }
  // In [0, 1), a multiple of 2^-53.
  [[nodiscard]] double uniform(std::uint64_t index) const { return static_cast<double>(bits(index) >> 11) * 0x1p-53; }
  // In 0 .. n-1. Precondition: 0 < n < 2^32. The bias is below n / 2^64.
  [[nodiscard]] std::uint64_t below(std::uint64_t index, std::uint64_t n) const {
    return (((bits(index) >> 32) * n) + (((bits(index) & 0xFFFFFFFFU) * n) >> 32)) >> 32;
  }
  // Standard normal, by Box and Muller from two numbers of the index.
  [[nodiscard]] double normal(std::uint64_t index) const {
    const auto r = philox({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(index >> 32),
                           static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
                          {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
    const double u = (static_cast<double>((std::uint64_t{r[0]} | std::uint64_t{r[1]} << 32) >> 11) + 1.0) * 0x1p-53;
    const double v = static_cast<double>((std::uint64_t{r[2]} | std::uint64_t{r[3]} << 32) >> 11) * 0x1p-53;
    return std::sqrt(-2.0 * std::log(u)) * std::cos(6.283185307179586 * v);
  }

  // The same as a sequence.
  [[nodiscard]] std::uint64_t next_bits() { return bits(next_++); }
  [[nodiscard]] double next_uniform() { return uniform(next_++); }
  [[nodiscard]] std::uint64_t next_below(std::uint64_t n) { return below(next_++, n); }
  [[nodiscard]] double next_normal() { return normal(next_++); }

 private:
  std::uint64_t seed_, stream_, next_ = 0;
};

}  // namespace duolex::tensor
