#include "sbom/lines.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>

namespace duolex::sbom {
namespace {

constexpr std::size_t block = std::size_t{1} << 16;
constexpr std::size_t shown = 500;

#ifdef __SSE2__
__m128i is_feed(__m128i bytes) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')); }
// Bytes 80 to bf go on with a code point; as signed numbers they are below -64.
__m128i goes_on(__m128i bytes) { return _mm_cmplt_epi8(bytes, _mm_set1_epi8(-64)); }

template <__m128i (*matches)(__m128i)>
std::uint32_t count_blocks(const char*& begin, const char* end) {
  std::uint32_t count = 0;
  const __m128i zero = _mm_setzero_si128();
  while (end - begin >= 16) {
    // Each byte counts its own matches, at most 255, before they are added up.
    const std::ptrdiff_t turns = std::min<std::ptrdiff_t>((end - begin) / 16, 255);
    __m128i found = zero;
    std::ptrdiff_t i = 0;
    for (; i + 4 <= turns; i += 4, begin += 64)
#pragma GCC unroll 4
      for (int part = 0; part < 4; ++part) found = _mm_sub_epi8(found, matches(_mm_loadu_si128(reinterpret_cast<const __m128i*>(begin) + part)));
    for (; i < turns; ++i, begin += 16)
      found = _mm_sub_epi8(found, matches(_mm_loadu_si128(reinterpret_cast<const __m128i*>(begin))));
    const __m128i sums = _mm_sad_epu8(found, zero);
    count += static_cast<std::uint32_t>(_mm_cvtsi128_si32(sums) + _mm_extract_epi16(sums, 4));
  }
  return count;
}
#endif

// The file may be long and every component asks, so not byte by byte.
std::uint32_t line_feeds(const char* begin, const char* end) {
  std::uint32_t count = 0;
#ifdef __SSE2__
  count = count_blocks<is_feed>(begin, end);
#endif
  for (; begin != end; ++begin) count += *begin == '\n';
  return count;
}

std::size_t code_points(const char* begin, const char* end) {
  auto count = static_cast<std::size_t>(end - begin);
#ifdef __SSE2__
  count -= count_blocks<goes_on>(begin, end);
#endif
  for (; begin != end; ++begin) count -= (static_cast<unsigned char>(*begin) & 0xc0) == 0x80;
  return count;
}

}  // namespace

void Lines::find(std::size_t at) {
  std::uint32_t line = 0;
  if (at >= found_ && at - found_ <= block) {
    line = line_ + line_feeds(bytes_.data() + found_, bytes_.data() + at);
  } else {
    const std::size_t wanted = at / block;
    if (before_.empty()) before_.push_back(0);
    while (before_.size() <= wanted) {
      const char* from = bytes_.data() + (before_.size() - 1) * block;
      before_.push_back(before_.back() + line_feeds(from, from + block));
    }
    line = 1 + before_[wanted] + line_feeds(bytes_.data() + wanted * block, bytes_.data() + at);
  }
  found_ = at;
  if (line == line_) {
    if (at < column_at_) column_at_ = line_begin_, column_ = 1;
    return;
  }
  const std::size_t feed = at == 0 ? std::string::npos : bytes_.rfind('\n', at - 1);
  line_ = line;
  line_begin_ = column_at_ = feed == std::string::npos ? 0 : feed + 1;
  column_ = 1;
}

Place Lines::at(std::size_t begin, std::size_t end) {
  Place place;
  place.begin = std::min(begin, bytes_.size());
  place.end = std::max(place.begin, std::min(end, bytes_.size()));
  find(place.begin);
  column_ += code_points(bytes_.data() + column_at_, bytes_.data() + place.begin);
  column_at_ = place.begin;
  place.line = line_;
  place.column = static_cast<std::uint32_t>(column_);
  return place;
}

Diagnostic Lines::error(std::size_t begin, std::size_t end, const std::string& message, const std::string& hint) {
  Diagnostic out = error_in(file_, message, hint);
  const Place place = at(begin, end);
  out.span = {file_, place.line, place.column, place.begin, place.end};
  const std::size_t stop = std::min(bytes_.find('\n', line_begin_), bytes_.size());
  if (stop - line_begin_ <= shown) out.source_line = bytes_.substr(line_begin_, stop - line_begin_);
  return out;
}

}  // namespace duolex::sbom
