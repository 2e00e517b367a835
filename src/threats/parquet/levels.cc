#include "threats/parquet/levels.h"

#include <algorithm>
#include <cstring>

namespace duolex::threats::parquet {

unsigned bits_for(std::uint64_t most) {
  unsigned bits = 0;
  for (; most > 0; most >>= 1) ++bits;
  return bits;
}

std::uint64_t bits_at(std::string_view bytes, std::size_t bit, unsigned width) {
  if (width == 0) return 0;
  const std::size_t at = bit / 8, last = (bit + width - 1) / 8;
  const auto shift = static_cast<unsigned>(bit % 8);
  std::uint64_t low = 0;
  if (at + 8 <= bytes.size()) {
    std::memcpy(&low, bytes.data() + at, 8);  // little-endian machines only, as the rest of the program
  } else {
    for (std::size_t i = 0; i < 8 && at + i < bytes.size(); ++i) low |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  }
  low >>= shift;
  if (last - at == 8) low |= std::uint64_t{static_cast<unsigned char>(bytes[last])} << (64 - shift);
  return width == 64 ? low : low & ((std::uint64_t{1} << width) - 1);
}

bool seven_bits(std::string_view bytes, std::size_t& at, std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (at >= bytes.size()) return false;
    const auto b = static_cast<unsigned char>(bytes[at++]);
    if (shift == 63 && b > 1) return false;
    out |= std::uint64_t{b & 0x7Fu} << shift;
    if (b < 0x80) return true;
  }
  return false;
}

bool Runs::begin_run() {
  if (packed_) at_ = std::min(bytes_.size(), at_ + (bit_ + 7) / 8);
  packed_ = false;
  std::uint64_t head = 0;
  if (!seven_bits(bytes_, at_, head) || head >> 1 > 0x7FFFFFFF) return false;
  if ((head & 1) != 0) {
    packed_ = true;
    bit_ = 0;
    // The last group may be cut short: what it lacks is not to be asked for.
    left_ = (head >> 1) * 8;
    if (width_ > 0) left_ = std::min<std::uint64_t>(left_, (bytes_.size() - at_) * 8 / width_);
    return left_ > 0 || head >> 1 == 0;
  }
  const std::size_t size = (width_ + 7) / 8;
  if (size > bytes_.size() - at_) return false;
  value_ = static_cast<std::uint32_t>(size == 0 ? 0 : bits_at(bytes_.substr(at_, size), 0, static_cast<unsigned>(8 * size)));
  at_ += size;
  left_ = head >> 1;
  return width_ >= 32 || value_ >> width_ == 0;
}

bool Runs::take(std::uint32_t* out, std::size_t count) {
  while (count > 0) {
    if (left_ == 0) {
      if (!begin_run()) return false;
      continue;
    }
    const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, count));
    if (packed_) {
      const std::string_view from = bytes_.substr(at_);
      for (std::size_t i = 0; i < n; ++i, bit_ += width_) out[i] = static_cast<std::uint32_t>(bits_at(from, bit_, width_));
    } else {
      std::fill_n(out, n, value_);
    }
    out += n;
    count -= n;
    left_ -= n;
  }
  return true;
}

bool HighBits::take(std::uint32_t* out, std::size_t count) {
  if (width_ > 0 && count > (bytes_.size() * 8 - bit_) / width_) return false;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t value = 0;
    for (unsigned k = 0; k < width_; ++k, ++bit_) value = value << 1 | (static_cast<unsigned char>(bytes_[bit_ / 8]) >> (7 - bit_ % 8) & 1u);
    out[i] = value;
  }
  return true;
}

}  // namespace duolex::threats::parquet
