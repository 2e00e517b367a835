#include "threats/parquet/deltas.h"

#include <algorithm>

#include "threats/parquet/levels.h"
#include "threats/parquet/values.h"

namespace duolex::threats::parquet {
namespace {

std::uint64_t signed_of(std::uint64_t z) { return (z >> 1) ^ (~(z & 1) + 1); }

}  // namespace

DeltaNumbers::DeltaNumbers(std::string_view bytes) : bytes_(bytes) {
  std::uint64_t first = 0;
  if (!seven_bits(bytes_, at_, block_) || !seven_bits(bytes_, at_, parts_) || !seven_bits(bytes_, at_, count_) || !seven_bits(bytes_, at_, first)) return;
  if (block_ == 0 || block_ > (1u << 24) || parts_ == 0 || parts_ > block_ || block_ % parts_ != 0 || block_ / parts_ % 8 != 0) return;
  part_ = block_ / parts_;
  last_ = signed_of(first);
  in_block_ = block_;
  end_of_block_ = at_;
  ok_ = true;
}

// A block ends behind its last miniature block in which there are numbers: no more need be there.
bool DeltaNumbers::begin_block() {
  at_ = end_of_block_;
  std::uint64_t least = 0;
  if (!seven_bits(bytes_, at_, least) || parts_ > bytes_.size() - at_) return false;
  least_ = signed_of(least);
  widths_ = bytes_.substr(at_, static_cast<std::size_t>(parts_));
  part_at_ = at_ + static_cast<std::size_t>(parts_);
  const std::uint64_t left = std::min(count_ - given_, block_), used = (left + part_ - 1) / part_;
  std::size_t end = part_at_;
  for (std::uint64_t i = 0; i < used; ++i) {
    const auto width = static_cast<unsigned char>(widths_[static_cast<std::size_t>(i)]);
    if (width > 64 || part_ * width / 8 > bytes_.size() - end) return false;
    end += static_cast<std::size_t>(part_ * width / 8);
  }
  end_of_block_ = end;
  in_block_ = 0;
  return true;
}

bool DeltaNumbers::next(std::int64_t& out) {
  if (!ok_ || given_ >= count_) return false;
  if (given_ > 0) {
    if (in_block_ == block_ && !begin_block()) return ok_ = false;
    const std::uint64_t within = in_block_ % part_;
    const auto width = static_cast<unsigned char>(widths_[static_cast<std::size_t>(in_block_ / part_)]);
    last_ += least_ + bits_at(bytes_.substr(part_at_), static_cast<std::size_t>(within * width), width);
    ++in_block_;
    if (in_block_ % part_ == 0) part_at_ += static_cast<std::size_t>(part_ * width / 8);
  }
  ++given_;
  out = static_cast<std::int64_t>(last_);
  return true;
}

bool DeltaTexts::lengths(std::string_view bytes, std::size_t& at, std::size_t most, std::vector<std::uint32_t>& out) {
  DeltaNumbers numbers(bytes.substr(at));
  if (numbers.count() > most) return false;
  std::int64_t v = 0;
  for (std::uint64_t i = 0; i < numbers.count(); ++i) {
    if (!numbers.next(v) || v < 0 || v > 0x7FFFFFFF) return false;
    out.push_back(static_cast<std::uint32_t>(v));
  }
  at += numbers.end();
  return true;
}

DeltaTexts::DeltaTexts(std::string_view bytes, std::size_t most, bool shared, std::size_t width, Allowance& allowance) : shared_(shared) {
  if (bytes.empty()) {  // a page of absent values
    ok_ = true;
    return;
  }
  std::size_t at = 0;
  if (shared && !lengths(bytes, at, most, taken_over_)) return;
  if (!lengths(bytes, at, most, own_) || (shared && own_.size() != taken_over_.size())) return;
  bytes_ = bytes.substr(at);
  std::uint64_t stored = 0, all = 0, before = 0;
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const std::uint64_t from_before = shared ? taken_over_[i] : 0, size = from_before + own_[i];
    if (from_before > before || (width > 0 && size != width)) return;
    stored += own_[i];
    all += size;
    before = size;
  }
  if (stored > bytes_.size()) return;
  if (shared && !allowance.take(all)) {
    too_large_ = true;
    return;
  }
  ok_ = true;
  if (!shared) return;
  unfolded_.reserve(static_cast<std::size_t>(all));
  std::size_t last = 0, from = 0;
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const std::size_t begin = unfolded_.size();
    unfolded_.append(unfolded_, last, taken_over_[i]);
    unfolded_.append(bytes_.substr(from, own_[i]));
    from += own_[i];
    last = begin;
  }
}

bool DeltaTexts::next(std::string_view& out) {
  if (next_ >= own_.size()) return false;
  const std::size_t size = std::size_t{own_[next_]} + (shared_ ? taken_over_[next_] : 0);
  out = (shared_ ? std::string_view(unfolded_) : bytes_).substr(at_, size);
  at_ += size;
  ++next_;
  return true;
}

}  // namespace duolex::threats::parquet
