// Day: a day of the proleptic Gregorian calendar, counted from 1970-01-01.
// The law counts in days, calendar months and years; there is no time of day here.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duolex {

struct Day {
  std::int32_t number = 0;  // days since 1970-01-01
  auto operator<=>(const Day&) const = default;
};

inline constexpr Day first_day{-719162};  // 0001-01-01
inline constexpr Day last_day{2932896};   // 9999-12-31

// Exactly "YYYY-MM-DD" and a day that exists, from 0001-01-01 to 9999-12-31.
[[nodiscard]] std::optional<Day> parse_day(std::string_view text);
[[nodiscard]] std::string to_string(Day day);  // "YYYY-MM-DD"

// The same day number `months` later, or the last day of that month when it is shorter.
// Results are kept within [first_day, last_day].
[[nodiscard]] Day plus_months(Day day, std::int32_t months);
[[nodiscard]] Day plus_days(Day day, std::int32_t days);

}  // namespace duolex
