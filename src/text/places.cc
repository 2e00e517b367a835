#include "text/places.h"

#include <algorithm>

namespace duolex::text {
namespace {

constexpr std::size_t block = 256;

bool starts_code_point(char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }

}  // namespace

Places::Places(const std::string& file, const std::string& bytes) : file_(file), bytes_(bytes), line_starts_{0} {
  code_points_.reserve(bytes.size() / block + 1);
  std::size_t seen = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % block == 0) code_points_.push_back(seen);
    if (starts_code_point(bytes[i])) ++seen;
    if (bytes[i] == '\n') line_starts_.push_back(i + 1);
  }
  if (bytes.size() % block == 0) code_points_.push_back(seen);
}

std::size_t Places::code_points_before(std::size_t at) const {
  std::size_t count = code_points_[at / block];
  for (std::size_t i = at - at % block; i < at; ++i)
    if (starts_code_point(bytes_[i])) ++count;
  return count;
}

Span Places::at(std::size_t begin, std::size_t end) const {
  Span span;
  span.file = file_;
  span.begin = std::min(begin, bytes_.size());
  span.end = std::max(span.begin, std::min(end, bytes_.size()));
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), span.begin);
  span.line = static_cast<std::uint32_t>(after - line_starts_.begin());
  span.column = static_cast<std::uint32_t>(code_points_before(span.begin) - code_points_before(*(after - 1)) + 1);
  return span;
}

std::size_t Places::offset(std::size_t line, std::size_t column) const {
  if (line == 0 || line > line_starts_.size()) return bytes_.size();
  std::size_t at = line_starts_[line - 1];
  for (std::size_t left = column; at < bytes_.size() && bytes_[at] != '\n'; ++at)
    if (starts_code_point(bytes_[at]) && left-- <= 1) break;
  return at;
}

}  // namespace duolex::text
