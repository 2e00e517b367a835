// Moments to the second, and the zones that turn them into days. The periods of the CRA and the GDPR count
// hours, which elapse whatever the clock on the wall does; days and months are those of a place.
//
// Zones are those of the system's time zone data, by their IANA names (Europe/Berlin). This is the one place of
// the room that reads it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/day.h"

namespace duolex::incidents {

struct Moment {
  std::int64_t seconds = 0;  // since 1970-01-01T00:00:00Z, without leap seconds
  auto operator<=>(const Moment&) const = default;
};

class Zone {
 public:
  // Nothing when the system knows no zone of this name.
  [[nodiscard]] static std::optional<Zone> named(const std::string& name);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] Day day_of(Moment moment) const;
  // The first moment of a day. Where midnight does not exist that is the first one that does; where it comes
  // twice, the earlier.
  [[nodiscard]] Moment start_of(Day day) const;
  // The last second of a day.
  [[nodiscard]] Moment end_of(Day day) const;
  // The same time of the day on another day; where that time does not exist, the first moment after the gap;
  // where it comes twice, the earlier.
  [[nodiscard]] Moment same_hour(Moment moment, Day day) const;
  // "2026-10-25T02:30:00+01:00"
  [[nodiscard]] std::string text(Moment moment) const;

 private:
  Zone(std::string name, const void* handle) : name_(std::move(name)), handle_(handle) {}
  friend struct ZoneAccess;
  std::string name_;
  const void* handle_;
};

// What a person wrote: a moment, or only a day.
struct Point {
  Moment moment;          // of a day: its first moment in the zone
  bool day_only = false;
};

enum class PointError { none, malformed, no_such_time, ambiguous };

// "2026-10-25T02:30+02:00", "…T01:30Z", with or without seconds; without an offset the time is that of `zone`,
// which must have it exactly once; "2026-10-25" alone is a day. Years 1970 to 9999.
struct ParsedPoint {
  Point point;
  PointError error = PointError::none;
};
[[nodiscard]] ParsedPoint parse_point(std::string_view text, const Zone& zone);

// "2026-10-25T00:30:00Z"
[[nodiscard]] std::string utc_text(Moment moment);

}  // namespace duolex::incidents
