// The walk over a JSON document in blocks of 64 bytes that finds its tokens, for any way to tell what the bytes of a
// block are. It is compiled once for plain processors and once for those with wider registers, so it knows nothing of
// the standard library but numbers.
#pragma once

#include <cstdint>

namespace duolex::sbom {

// A bit for each byte of a block.
struct BlockMasks {
  std::uint64_t quote, backslash, space, mark, control, high;  // mark: one of {}[]:,  control: below 20  high: above 7f
};

// Where the offsets go. `more` makes room for another block's; false when there is no memory.
struct TokenRoom {
  std::uint32_t* offsets;
  std::uint64_t count, room;
  bool (*more)(TokenRoom& room);
};

enum class ScanEnd : std::uint8_t { fine, no_memory, control, open_text, nothing, not_utf8 };

// From `from` on, bytes that are UTF-8: a place at or behind `stop` where a character ends, null when they are not.
using CheckUtf8 = const char* (*)(const char* from, const char* stop, const char* end);

namespace token_blocks {

// In each bit the sum of those up to it.
inline std::uint64_t running_parity(std::uint64_t bits) {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ bits << 32;
}

// The bytes that a backslash before them takes the meaning of. `carried`: the last one of the block before is such.
inline std::uint64_t escaped(std::uint64_t backslashes, std::uint64_t& carried) {
  std::uint64_t out = carried, left = backslashes & ~carried;
  carried = 0;
  while (left != 0) {
    const int at = __builtin_ctzll(left);
    if (at == 63) {
      carried = 1;
      break;
    }
    out |= std::uint64_t{2} << at;
    left &= ~(std::uint64_t{3} << at);
  }
  return out;
}

}  // namespace token_blocks

template <class Classify>
ScanEnd find_tokens(const char* const bytes, const std::uint64_t size, TokenRoom& out, const CheckUtf8 check) {
  const char* const end = bytes + size;
  const char* decoded = bytes;  // up to here it is UTF-8
  std::uint64_t carried = 0, inside_before = 0, scalar_before = 0, controls = 0;
  bool encoded = true;
  char last[64];
  for (std::uint64_t base = 0; base < size; base += 64) {
    const char* block = bytes + base;
    if (size - base < 64) {
      for (unsigned i = 0; i < 64; ++i) last[i] = base + i < size ? block[i] : ' ';
      block = last;
    }
    const BlockMasks m = Classify::masks(block);
    if (m.high != 0 && encoded) {
      const char* const begin = bytes + base;
      const char* const stop = size - base < 64 ? end : begin + 64;
      if (decoded < begin) decoded = begin;
      if (decoded < stop) decoded = check(decoded, stop, end);
      encoded = decoded != nullptr;
      if (!encoded) decoded = end;
    }
    const std::uint64_t quotes = m.quote & ~((m.backslash | carried) == 0 ? 0 : token_blocks::escaped(m.backslash, carried));
    const std::uint64_t inside = token_blocks::running_parity(quotes) ^ inside_before;
    inside_before = 0 - (inside >> 63);
    controls |= m.control & inside;
    // Quotes that open a text begin a token; all behind them, with the one that closes it, belong to that.
    const std::uint64_t scalar = ~(m.mark | m.space), word = scalar & ~quotes;
    std::uint64_t starts = (m.mark | (scalar & ~(word << 1 | scalar_before))) & ~(inside ^ quotes);
    scalar_before = word >> 63;
    if (out.room - out.count < 66 && !out.more(out)) return ScanEnd::no_memory;
    std::uint32_t* to = out.offsets + out.count;
    out.count += static_cast<unsigned>(__builtin_popcountll(starts));
    for (; starts != 0; starts &= starts - 1) *to++ = static_cast<std::uint32_t>(base) + static_cast<std::uint32_t>(__builtin_ctzll(starts));
  }
  if (controls != 0) return ScanEnd::control;
  if (inside_before != 0) return ScanEnd::open_text;
  if (out.count == 0) return ScanEnd::nothing;
  return encoded ? ScanEnd::fine : ScanEnd::not_utf8;
}

// On processors that have AVX2 and BMI, where this is compiled.
ScanEnd find_tokens_avx2(const char* bytes, std::uint64_t size, TokenRoom& out, CheckUtf8 check);

}  // namespace duolex::sbom
