#include "sbom/json_tokens.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <cstring>

#include "sbom/tree.h"
#include "text/utf8.h"

namespace duolex::sbom {
namespace {

constexpr std::size_t longest = (1U << 27) - 1;  // what a tree can name

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_number(std::string_view s) {
  std::size_t i = s.starts_with('-') ? 1 : 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < s.size() && is_digit(s[i])) ++i;
    return i - from;
  };
  const bool zero = i < s.size() && s[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < s.size() && s[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < s.size() && (s[i] | 0x20) == 'e') {
    ++i;
    if (i < s.size() && (s[i] == '+' || s[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == s.size();
}

int hex(char c) {
  if (is_digit(c)) return c - '0';
  c = static_cast<char>(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The code unit of "\uXXXX" at i, or -1.
int unit(std::string_view s, std::size_t i) {
  if (i + 6 > s.size() || s[i] != '\\' || s[i + 1] != 'u') return -1;
  int out = 0;
  for (std::size_t k = i + 2; k < i + 6; ++k) {
    if (hex(s[k]) < 0) return -1;
    out = out * 16 + hex(s[k]);
  }
  return out;
}

// The first escape that is none, or npos.
std::size_t bad_escape(std::string_view s) {
  for (std::size_t i = s.find('\\'); i < s.size(); i = s.find('\\', i)) {
    if (i + 1 >= s.size()) return i;
    if (s[i + 1] != 'u') {
      if (std::strchr("\"\\/bfnrt", s[i + 1]) == nullptr || s[i + 1] == '\0') return i;
      i += 2;
      continue;
    }
    const int first = unit(s, i);
    if (first < 0 || (first >= 0xdc00 && first < 0xe000)) return i;
    if (first >= 0xd800 && first < 0xdc00) {
      const int second = unit(s, i + 6);
      if (second < 0xdc00 || second >= 0xe000) return i;
      i += 6;
    }
    i += 6;
  }
  return std::string_view::npos;
}

bool counts(char c) { return c == ',' || c == ':' || (c & ~0x26) == 0x59; }  // 0x59: [ ] { } and some letters

// How many tokens there can be at most; a file with more is refused before memory is taken for them.
std::size_t tokens_at_most(std::string_view s) {
  std::size_t count = 0, i = 0;
#ifdef __SSE2__
  const auto same = [](__m128i bytes, char c) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
  for (; i + 16 <= s.size(); i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s.data() + i));
    const __m128i brackets = same(_mm_and_si128(bytes, _mm_set1_epi8(static_cast<char>(~0x26))), 0x59);
    const int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(same(bytes, ','), same(bytes, ':')), brackets));
    count += static_cast<std::size_t>(__builtin_popcount(static_cast<unsigned>(found)));
  }
#endif
  for (; i < s.size(); ++i) count += counts(s[i]) ? 1 : 0;
  return count;
}

}  // namespace

JsonTokens::JsonTokens(const std::string& file, const std::string& bytes, const Limits& limits) : bytes_(bytes), limits_(limits), lines_(file, bytes) {}

Result<void> JsonTokens::find() {
  base_ = bytes_.starts_with("\xef\xbb\xbf") ? 3 : 0;
  const std::size_t length = bytes_.size() - base_;
  if (bytes_.size() > std::min<std::size_t>(limits_.bytes, longest)) return at(0, "is larger than is read");
  if (length == 0) return at(0, "is empty");
  if (length > (1U << 20) && tokens_at_most(bytes_) > 8 * limits_.nodes) return at(0, "holds more values than are read");
  found_ = scan_tokens(std::string_view(bytes_).substr(base_));
  if (found_.end != ScanEnd::fine) return not_found(found_.end);
  count_ = found_.count;
  indexes_ = found_.offsets.get();
  indexes_[count_] = static_cast<std::uint32_t>(length);
  const void* backslash = std::memchr(bytes_.data(), '\\', bytes_.size());
  first_escape_ = next_escape_ = backslash == nullptr ? bytes_.size() : static_cast<std::size_t>(static_cast<const char*>(backslash) - bytes_.data());
  return {};
}

Failure JsonTokens::at(std::size_t where, const std::string& what) { return failure(lines_.error(where, where + 1, "this JSON " + what)); }

// The scan says what is wrong but not where.
Failure JsonTokens::not_found(ScanEnd end) {
  if (end == ScanEnd::no_memory) return at(0, "is larger than there is memory for");
  if (end == ScanEnd::not_utf8) {
    const auto bad = text::find_bad_encoding(std::string_view(bytes_).substr(base_));
    return at(base_ + (bad ? bad->at : 0), "is not UTF-8");
  }
  if (end == ScanEnd::nothing) return at(bytes_.size(), "is empty");
  bool inside = false;
  std::size_t opened = 0;
  for (std::size_t i = base_; i < bytes_.size(); ++i) {
    const char c = bytes_[i];
    if (!inside) {
      if (c == '"') inside = true, opened = i;
    } else if (c == '\\') {
      ++i;
    } else if (c == '"') {
      inside = false;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      return at(i, "has a control character in a text");
    }
  }
  return at(opened, inside ? "has a text that does not end" : "cannot be read");
}

bool JsonTokens::good_escapes(std::size_t begin, std::size_t end) {
  if (bad_escape(std::string_view(bytes_).substr(begin + 1, end - begin - 2)) != std::string_view::npos) return false;
  next_escape_ = std::min(bytes_.find('\\', end), bytes_.size());
  return true;
}

Failure JsonTokens::bad_text(std::size_t begin, std::size_t end) {
  if (end - begin < 2 || bytes_[end - 1] != '"') return at(begin, "has a text that is followed by something else");
  return at(begin + 1 + bad_escape(std::string_view(bytes_).substr(begin + 1, end - begin - 2)), "has an escape that is none");
}

JsonTokens::Plain JsonTokens::plain(std::size_t begin, std::size_t end) const {
  const std::string_view raw = std::string_view(bytes_).substr(begin, end - begin);
  if (raw == "true" || raw == "false") return Plain::boolean;
  if (raw == "null") return Plain::null;
  return is_number(raw) ? Plain::number : Plain::none;
}

}  // namespace duolex::sbom
