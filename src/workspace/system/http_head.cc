#include "workspace/system/http_head.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/day.h"

namespace duolex::workspace {
namespace {

constexpr std::size_t most_head = std::size_t{256} << 10;

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(" \t\r");
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(" \t\r") - from + 1);
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "" when it is no base64 of so many bytes.
std::string hex_of_base64(std::string_view text, std::size_t bytes) {
  static constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static constexpr const char* digits = "0123456789abcdef";
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const std::size_t value = letters.find(c);
    if (value == std::string_view::npos) return "";
    bits = (bits << 6 | static_cast<std::uint32_t>(value)) & 0xffffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += digits[bits >> (held + 4) & 15];
    out += digits[bits >> held & 15];
  }
  return out.size() == bytes * 2 ? out : "";
}

// The value of one name of "a=…,b=…", names in any case.
std::string_view member(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view item = trimmed(list.substr(0, comma));
    const std::size_t equals = item.find('=');
    if (equals == name.size() && std::equal(name.begin(), name.end(), item.begin(), [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); }))
      return item.substr(equals + 1);
    if (comma == std::string_view::npos) break;
    list.remove_prefix(comma + 1);
  }
  return {};
}

// "Wed, 21 Oct 2015 07:28:00 GMT" in seconds since 1970; the older forms of a date are not taken.
std::optional<std::int64_t> seconds_of(std::string_view text) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || !text.ends_with(" GMT") || text[16] != ' ' || text[19] != ':' || text[22] != ':') return std::nullopt;
  const std::size_t month = months.find(text.substr(8, 3));
  const auto hour = number(text.substr(17, 2)), minute = number(text.substr(20, 2)), second = number(text.substr(23, 2));
  if (month == std::string_view::npos || month % 3 != 0 || !hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::string number_of_month = std::to_string(month / 3 + 1);
  const auto day = parse_day(std::string(text.substr(12, 4)) + (number_of_month.size() < 2 ? "-0" : "-") + number_of_month + "-" + std::string(text.substr(5, 2)));
  if (!day) return std::nullopt;
  return std::int64_t{day->number} * 86400 + static_cast<std::int64_t>(*hour * 3600 + *minute * 60 + *second);
}

}  // namespace

std::string HttpHead::field(const std::string& name) const {
  const auto found = fields.find(name);
  return found == fields.end() ? "" : found->second;
}

std::optional<std::uint64_t> HttpHead::length() const { return number(field("content-length")); }

std::optional<HttpHead::Part> HttpHead::part() const {
  const std::string text = field("content-range");
  const std::size_t dash = text.find('-'), slash = text.find('/');
  if (!text.starts_with("bytes ") || dash == std::string::npos || slash == std::string::npos || dash > slash) return std::nullopt;
  const std::string_view view = text;
  const auto first = number(view.substr(6, dash - 6)), last = number(view.substr(dash + 1, slash - dash - 1)), total = number(view.substr(slash + 1));
  if (!first || !last || !total || *first > *last || *total == 0 || *last != *total - 1) return std::nullopt;
  return Part{*first, *total};
}

std::string HttpHead::digest() const {
  for (const char* name : {"repr-digest", "digest"}) {
    const std::string list = field(name);
    std::string_view value = member(list, "sha-256");
    if (value.starts_with(':') && value.ends_with(':') && value.size() > 1) value = value.substr(1, value.size() - 2);
    if (const std::string hex = hex_of_base64(value, 32); !hex.empty()) return "sha256:" + hex;
  }
  const std::string packed = field("x-goog-stored-content-encoding");  // the hash is then that of the stored form
  if (!packed.empty() && packed != "identity") return "";
  const std::string list = field("x-goog-hash"), hex = hex_of_base64(member(list, "md5"), 16);
  return hex.empty() ? "" : "md5:" + hex;
}

std::optional<std::int64_t> HttpHead::retry_after(std::int64_t now) const {
  const std::string given = field("retry-after");
  if (const auto seconds = number(given)) return static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, std::uint64_t{1} << 40));
  const auto then = seconds_of(given);
  if (!then) return std::nullopt;
  const std::int64_t left = *then - seconds_of(field("date")).value_or(now);
  return left > 0 ? std::optional(left) : std::nullopt;
}

bool HttpHeads::read_head(std::string_view text) {
  head_ = {};
  const std::string_view line = trimmed(text.substr(0, text.find('\n')));
  const std::size_t space = line.find(' ');
  if (!line.starts_with("HTTP/") || space == std::string_view::npos) return false;
  const auto status = number(line.substr(space + 1, 3));
  if (!status || *status < 100 || *status > 999) return false;
  head_.status = static_cast<int>(*status);
  for (std::size_t at = text.find('\n'); at != std::string_view::npos && at + 1 < text.size();) {
    const std::size_t end = text.find('\n', at + 1);
    const std::string_view field = text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
    at = end;
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos) continue;
    std::string name(trimmed(field.substr(0, colon)));
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    std::string& value = head_.fields[name];
    const std::string_view given = trimmed(field.substr(colon + 1));
    if (name == "x-goog-hash" && !value.empty()) value.append(",").append(given);
    else value = given;
  }
  return true;
}

bool HttpHeads::add(std::string_view bytes) {
  pending_.append(bytes);
  while (!complete_) {
    if (!pending_.empty() && !pending_.starts_with(std::string_view("HTTP/").substr(0, pending_.size()))) return false;
    std::size_t end = pending_.find("\r\n\r\n"), size = 4;
    if (const std::size_t bare = pending_.find("\n\n"); bare < end) end = bare, size = 2;
    if (end == std::string::npos) return pending_.size() <= most_head;
    if (!read_head(std::string_view(pending_).substr(0, end + 1))) return false;
    pending_.erase(0, end + size);
    const int s = head_.status;
    const bool followed = (s == 301 || s == 302 || s == 303 || s == 307 || s == 308) && !head_.field("location").empty();
    complete_ = s >= 200 && !followed;
  }
  return true;
}

std::string HttpHeads::take_body() { return complete_ ? std::exchange(pending_, {}) : std::string(); }

}  // namespace duolex::workspace
