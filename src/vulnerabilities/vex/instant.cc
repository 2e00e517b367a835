#include "vulnerabilities/vex/instant.h"

#include <algorithm>
#include <tuple>

#include "base/day.h"
#include "sbom/structure.h"

namespace duolex::vulnerabilities::vex {

std::strong_ordering Instant::order(const Instant& other) const {
  return std::tuple(known(), seconds, nanoseconds) <=> std::tuple(other.known(), other.seconds, other.nanoseconds);
}

std::optional<Instant> parse_instant(std::string_view text) {
  if (!sbom::looks_like("date-time", text) && !sbom::looks_like("xml-date-time", text)) return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  if (!day) return std::nullopt;
  const auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
  Instant out;
  out.written = text;
  out.seconds = std::int64_t{day->number} * 86400 + two(11) * 3600 + two(14) * 60 + two(17);
  std::size_t at = 19;
  if (at < text.size() && text[at] == '.') {
    std::int32_t scale = 100'000'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) out.nanoseconds += (text[at] - '0') * scale;
  }
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) {
    const int offset = two(at + 1) * 3600 + two(at + 4) * 60;
    out.seconds += text[at] == '+' ? -offset : offset;
  }
  return out;
}

std::string utc_text(const Instant& instant) {
  constexpr std::int64_t day = 86400;
  const std::int64_t days = instant.seconds / day - (instant.seconds % day < 0 ? 1 : 0), rest = instant.seconds - days * day;
  const auto two = [](std::int64_t n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  return to_string(Day{static_cast<std::int32_t>(days)}) + "T" + two(rest / 3600) + ":" + two(rest / 60 % 60) + ":" + two(rest % 60) + "Z";
}

}  // namespace duolex::vulnerabilities::vex
