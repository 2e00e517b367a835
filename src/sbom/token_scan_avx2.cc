// Compiled for processors with AVX2 and BMI; it is called on those alone.
#include <immintrin.h>

#include "sbom/token_blocks.h"

namespace duolex::sbom {
namespace {

struct Wide {
  static std::uint64_t both(__m256i low, __m256i high) {
    return static_cast<std::uint32_t>(_mm256_movemask_epi8(low)) | static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm256_movemask_epi8(high))) << 32;
  }
  static __m256i is(__m256i bytes, char c) { return _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(c)); }
  // Each byte by its low half; only one character with that half is meant. Bytes above 7f select 0, which is none.
  static __m256i space(__m256i bytes) {
    const __m256i table = _mm256_setr_epi8(' ', -1, -1, -1, -1, -1, -1, -1, -1, '\t', '\n', -1, -1, '\r', -1, -1, ' ', -1, -1, -1, -1, -1, -1, -1, -1, '\t', '\n', -1, -1, '\r', -1, -1);
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes), bytes);
  }
  // Brackets differ in the bit 20 from braces; so do two controls from the comma and the colon.
  static __m256i mark(__m256i bytes) {
    const __m256i table = _mm256_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, ':', '{', ',', '}', -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, ':', '{', ',', '}', -1, -1);
    return _mm256_cmpeq_epi8(_mm256_shuffle_epi8(table, bytes), _mm256_or_si256(bytes, _mm256_set1_epi8(0x20)));
  }
  // With the bytes above 7f.
  static __m256i low(__m256i bytes) { return _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), bytes); }

  static BlockMasks masks(const char* block) {
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block)), b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(block + 32));
    const std::uint64_t high = both(a, b), control = both(low(a), low(b)) & ~high;
    return {both(is(a, '"'), is(b, '"')), both(is(a, '\\'), is(b, '\\')), both(space(a), space(b)), both(mark(a), mark(b)) & ~control, control, high};
  }
};

}  // namespace

ScanEnd find_tokens_avx2(const char* bytes, std::uint64_t size, TokenRoom& out, CheckUtf8 check) { return find_tokens<Wide>(bytes, size, out, check); }

}  // namespace duolex::sbom
