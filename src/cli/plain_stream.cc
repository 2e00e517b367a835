#include "cli/plain_stream.h"

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "base/code_point.h"

namespace duolex::cli {
namespace {

using namespace std::string_view_literals;
constexpr std::string_view own[] = {"\x1b[0m"sv, "\x1b[1m"sv, "\x1b[2m"sv};
constexpr std::string_view anew = "\r\x1b[K"sv;
constexpr std::size_t longest = 4;  // of these and of a character

// As in the bytes themselves nothing steers: all of them from 0x20 to 0x7e, line feeds and tabs.
bool harmless(char byte) {
  const auto c = static_cast<unsigned char>(byte);
  return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

}  // namespace

bool PlainBuffer::give(bool last) {
  std::string out;
  const std::string_view text = waiting_;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto* const end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), harmless);
    const auto stop = static_cast<std::size_t>(end - text.begin());
    out += text.substr(at, stop - at);
    at = stop;
    if (at == text.size()) break;
    const std::string_view rest = text.substr(at);
    const auto* const mark = std::find_if(std::begin(own), std::end(own), [&](std::string_view o) { return rest.starts_with(o); });
    const std::string_view whole = mark != std::end(own) ? *mark : own_line_ && rest.starts_with(anew) ? anew : ""sv;
    if (!whole.empty()) {
      out += whole;
      at += whole.size();
      continue;
    }
    const CodePoint point = first_code_point(rest);
    const bool shown = point.valid && !steers(point.c);
    if (!shown && !last && rest.size() < longest) break;  // more may come of it
    if (shown) out += rest.substr(0, point.bytes);
    else out += "\xEF\xBF\xBD";
    at += point.bytes;
  }
  waiting_.erase(0, at);
  errno = 0;
  return noted(inner_.sputn(out.data(), static_cast<std::streamsize>(out.size())) == static_cast<std::streamsize>(out.size()));
}

bool PlainBuffer::noted(bool done) {
  if (!done && error_ == 0) error_ = errno;
  return done;
}

std::streamsize PlainBuffer::xsputn(const char* bytes, std::streamsize size) {
  used_ = used_ || size != 0;
  if (all_) {
    errno = 0;
    const std::streamsize n = inner_.sputn(bytes, size);
    (void)noted(n == size);
    return n;
  }
  waiting_.append(bytes, static_cast<std::size_t>(size));
  return give(false) ? size : 0;
}

PlainBuffer::int_type PlainBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char byte = traits_type::to_char_type(c);
  return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
}

int PlainBuffer::sync() {
  if (!give(true)) return -1;
  errno = 0;
  return noted(inner_.pubsync() == 0) ? 0 : -1;
}

}  // namespace duolex::cli
