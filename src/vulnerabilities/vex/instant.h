// Points in time as documents write them, to be put in order.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duolex::vulnerabilities::vex {

struct Instant {
  std::int64_t seconds = 0;       // since 1970-01-01T00:00:00Z
  std::int32_t nanoseconds = 0;
  std::string written;            // empty: nothing was said, which is before everything

  [[nodiscard]] bool known() const { return !written.empty(); }
  // By the moment alone.
  [[nodiscard]] std::strong_ordering order(const Instant& other) const;
};

// "2026-01-31T12:00:00.5+01:00"; of XML also without the offset, which is read as UTC.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);

// "2026-01-31T11:00:00Z", without a fraction.
[[nodiscard]] std::string utc_text(const Instant& instant);

}  // namespace duolex::vulnerabilities::vex
