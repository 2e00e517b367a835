#include "sbom/lines.h"

#include <algorithm>
#include <cstring>

namespace duolex::sbom {
namespace {

constexpr std::size_t block = std::size_t{1} << 16;
constexpr std::size_t shown = 500;

// Eight bytes at a time: the file may be long, and every component asks.
std::uint32_t line_feeds(const char* begin, const char* end) {
  constexpr std::uint64_t ones = 0x0101010101010101, sevens = 0x7f7f7f7f7f7f7f7f;
  std::uint32_t count = 0;
  for (; end - begin >= 8; begin += 8) {
    std::uint64_t word;
    std::memcpy(&word, begin, 8);
    word ^= ones * '\n';
    const std::uint64_t zero = ~(((word & sevens) + sevens) | word | sevens);  // the top bit of each byte that was one
    count += static_cast<std::uint32_t>(((zero >> 7) * ones) >> 56);
  }
  for (; begin != end; ++begin) count += *begin == '\n';
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
  for (; column_at_ < place.begin; ++column_at_)
    if ((static_cast<unsigned char>(bytes_[column_at_]) & 0xc0) != 0x80) ++column_;
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
