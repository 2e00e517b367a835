#include "incidents/moment.h"

#include <date/date.h>
#include <date/tz.h>

#include <array>
#include <cstdio>

namespace duolex::incidents {

struct ZoneAccess {
  static Zone make(const std::string& name, const date::time_zone* zone) { return Zone(name, zone); }
  static const date::time_zone& of(const Zone& zone) { return *static_cast<const date::time_zone*>(zone.handle_); }
};

namespace {

using std::chrono::seconds;

constexpr std::int64_t seconds_a_day = 86400;

date::sys_seconds sys(Moment m) { return date::sys_seconds(seconds(m.seconds)); }
Moment from(date::sys_seconds s) { return Moment{s.time_since_epoch().count()}; }

std::int64_t local_seconds(const Zone& zone, Moment m) {
  return m.seconds + ZoneAccess::of(zone).get_info(sys(m)).offset.count();
}

// The earliest moment at which the clocks of the zone show this time or, where they skip it, the one after.
Moment earliest(const Zone& zone, std::int64_t local) {
  const auto info = ZoneAccess::of(zone).get_info(date::local_seconds(seconds(local)));
  if (info.result == date::local_info::nonexistent) return from(info.first.end);
  return Moment{local - info.first.offset.count()};
}

std::string formatted(std::int64_t local, const std::string& offset) {
  std::int64_t days = local / seconds_a_day, rest = local % seconds_a_day;
  if (rest < 0) {
    rest += seconds_a_day;
    --days;
  }
  std::array<char, 16> time{};
  std::snprintf(time.data(), time.size(), "T%02d:%02d:%02d", static_cast<int>(rest / 3600),
                static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
  return to_string(Day{static_cast<std::int32_t>(days)}) + time.data() + offset;
}

// Two decimal digits at the front, taken off.
std::optional<int> two_digits(std::string_view& text) {
  if (text.size() < 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return std::nullopt;
  const int value = (text[0] - '0') * 10 + (text[1] - '0');
  text.remove_prefix(2);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

struct Written {
  std::int64_t local = 0;
  std::optional<std::int64_t> offset;
  bool day_only = false;
};

std::optional<Written> read(std::string_view text) {
  if (text.size() < 10) return std::nullopt;
  const auto day = parse_day(text.substr(0, 10));
  if (!day || day->number < 0) return std::nullopt;
  text.remove_prefix(10);
  Written written;
  written.local = day->number * seconds_a_day;
  written.day_only = text.empty();
  if (text.empty()) return written;
  if (!take(text, 'T')) return std::nullopt;
  const auto hour = two_digits(text);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = two_digits(text);
  if (!minute || *minute > 59) return std::nullopt;
  std::optional<int> second = 0;
  if (take(text, ':')) second = two_digits(text);
  if (!second || *second > 59) return std::nullopt;
  written.local += *hour * 3600 + *minute * 60 + *second;
  if (text.empty()) return written;
  if (text == "Z") {
    written.offset = 0;
    return written;
  }
  const int sign = text.front() == '-' ? -1 : text.front() == '+' ? 1 : 0;
  if (sign == 0) return std::nullopt;
  text.remove_prefix(1);
  const auto offset_hours = two_digits(text);
  if (!offset_hours || *offset_hours > 15 || !take(text, ':')) return std::nullopt;
  const auto offset_minutes = two_digits(text);
  if (!offset_minutes || *offset_minutes > 59 || !text.empty()) return std::nullopt;
  written.offset = sign * (*offset_hours * 3600 + *offset_minutes * 60);
  return written;
}

}  // namespace

std::optional<Zone> Zone::named(const std::string& name) {
  if (name.empty() || name.size() > 64) return std::nullopt;
  try {
    return ZoneAccess::make(name, date::locate_zone(name));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

Day Zone::day_of(Moment moment) const {
  const std::int64_t local = local_seconds(*this, moment);
  return Day{static_cast<std::int32_t>(local >= 0 ? local / seconds_a_day : (local - seconds_a_day + 1) / seconds_a_day)};
}

Moment Zone::start_of(Day day) const { return earliest(*this, day.number * seconds_a_day); }

Moment Zone::end_of(Day day) const { return Moment{start_of(plus_days(day, 1)).seconds - 1}; }

Moment Zone::same_hour(Moment moment, Day day) const {
  const std::int64_t time = local_seconds(*this, moment) - day_of(moment).number * seconds_a_day;
  return earliest(*this, day.number * seconds_a_day + time);
}

std::string Zone::text(Moment moment) const {
  const std::int64_t offset = local_seconds(*this, moment) - moment.seconds;
  const std::int64_t size = offset < 0 ? -offset : offset;
  std::array<char, 8> written{};
  std::snprintf(written.data(), written.size(), "%c%02d:%02d", offset < 0 ? '-' : '+', static_cast<int>(size / 3600 % 24),
                static_cast<int>(size / 60 % 60));
  return formatted(moment.seconds + offset, written.data());
}

std::string utc_text(Moment moment) { return formatted(moment.seconds, "Z"); }

ParsedPoint parse_point(std::string_view text, const Zone& zone) {
  const auto written = read(text);
  if (!written) return {{}, PointError::malformed};
  if (written->day_only) {
    const Day day{static_cast<std::int32_t>(written->local / seconds_a_day)};
    const Moment start = zone.start_of(day);
    if (zone.day_of(start) != day) return {{}, PointError::no_such_time};
    return {{start, true}, PointError::none};
  }
  if (written->offset) return {{Moment{written->local - *written->offset}, false}, PointError::none};
  const auto info = ZoneAccess::of(zone).get_info(date::local_seconds(seconds(written->local)));
  if (info.result == date::local_info::nonexistent) return {{}, PointError::no_such_time};
  if (info.result == date::local_info::ambiguous) return {{}, PointError::ambiguous};
  return {{Moment{written->local - info.first.offset.count()}, false}, PointError::none};
}

}  // namespace duolex::incidents
