#include "vulnerabilities/index/format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace duolex::vulnerabilities::index {

#ifdef DUOLEX_AVX2
unsigned long long hash_with_avx2(const char* bytes, unsigned long long size);

namespace {
const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
}

std::uint64_t hash_of(std::string_view bytes) {
  return has_avx2 && bytes.size() > 240 ? hash_with_avx2(bytes.data(), bytes.size()) : XXH3_64bits(bytes.data(), bytes.size());
}
#else
std::uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }
#endif

FilterBits filter_bits(std::uint64_t hash, std::uint64_t blocks) {
  FilterBits bits{};
  bits.block = ((hash >> 32) * blocks) >> 32;
  std::uint64_t mixed = hash * 0x9e3779b97f4a7c15ULL;
  for (std::uint64_t& word : bits.words) {
    word = std::uint64_t{1} << (mixed >> 58);
    mixed <<= 6;
    mixed ^= hash >> 7;
  }
  return bits;
}

}  // namespace duolex::vulnerabilities::index
