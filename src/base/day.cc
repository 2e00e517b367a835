#include "base/day.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace duolex {
namespace {

namespace ch = std::chrono;

ch::year_month_day civil(Day day) { return ch::sys_days(ch::days(day.number)); }

Day within(std::int64_t number) {
  return Day{static_cast<std::int32_t>(
      std::clamp<std::int64_t>(number, first_day.number, last_day.number))};
}

Day from_civil(ch::year_month_day ymd) {
  return within(ch::sys_days(ymd).time_since_epoch().count());
}

}  // namespace

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  int parts[3] = {0, 0, 0};
  int part = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    parts[part] = parts[part] * 10 + (text[i] - '0');
  }
  const ch::year_month_day ymd{ch::year(parts[0]), ch::month(static_cast<unsigned>(parts[1])),
                               ch::day(static_cast<unsigned>(parts[2]))};
  if (parts[0] < 1 || !ymd.ok()) return std::nullopt;
  return from_civil(ymd);
}

std::string to_string(Day day) {
  const ch::year_month_day ymd = civil(day);
  char text[24];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return text;
}

Day plus_months(Day day, std::int32_t months) {
  const ch::year_month_day ymd = civil(day);
  const std::int64_t index =
      static_cast<std::int64_t>(static_cast<int>(ymd.year())) * 12 + static_cast<unsigned>(ymd.month()) - 1 + months;
  if (index < 12) return first_day;
  if (index >= 120000) return last_day;
  const ch::year_month month{ch::year(static_cast<int>(index / 12)), ch::month(static_cast<unsigned>(index % 12 + 1))};
  const ch::year_month_day same = month / ymd.day();
  return from_civil(same.ok() ? same : ch::year_month_day(month / ch::last));
}

Day plus_days(Day day, std::int32_t days) {
  return within(static_cast<std::int64_t>(day.number) + days);
}

}  // namespace duolex
