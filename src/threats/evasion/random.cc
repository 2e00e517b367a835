#include "threats/evasion/random.h"

#include <cmath>
#include <numbers>

namespace duolex::threats::evasion {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> c, std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0], b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ key[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ key[1], static_cast<std::uint32_t>(a)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return c;
}

std::uint32_t Random::bits() {
  if (used_ == 4) {
    ready_ = philox({block_++, purpose_, static_cast<std::uint32_t>(sample_), static_cast<std::uint32_t>(sample_ >> 32)},
                    {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
    used_ = 0;
  }
  return ready_[used_++];
}

double Random::uniform() {
  const std::uint64_t high = bits();
  return static_cast<double>((high << 21) ^ (bits() >> 11)) * 0x1p-53;
}

double Random::normal() {
  const double u = 1 - uniform(), v = uniform();
  return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

std::uint32_t Random::below(std::uint32_t limit) {
  for (;;) {
    const std::uint64_t product = std::uint64_t{bits()} * limit;
    if (static_cast<std::uint32_t>(product) >= (0u - limit) % limit) return static_cast<std::uint32_t>(product >> 32);
  }
}

}  // namespace duolex::threats::evasion
