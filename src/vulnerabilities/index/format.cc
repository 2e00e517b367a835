#include "vulnerabilities/index/format.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <bit>

namespace duolex::vulnerabilities::index {

#ifdef DUOLEX_AVX2
unsigned long long hash_with_avx2(const char* bytes, unsigned long long size);

namespace {
const bool has_avx2 = __builtin_cpu_supports("avx2") != 0;
}

std::uint64_t hash_of(std::string_view bytes) {
  return has_avx2 && bytes.size() > 240 ? hash_with_avx2(bytes.data(), bytes.size()) : XXH3_64bits(bytes.data(), bytes.size());
}
#else
std::uint64_t hash_of(std::string_view bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }
#endif

namespace {

// Days since 1970-01-01 of a day of the proleptic calendar, years from 1970.
std::int64_t days_from(int year, int month, int day) {
  const std::int64_t y = year - (month <= 2 ? 1 : 0), era = y / 400, of_era = y - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

std::string text_of(std::int64_t seconds) {
  const std::int64_t z = seconds / 86400 + 719468, era = z / 146097, of_era = z - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100), mp = (5 * of_year + 2) / 153;
  const std::int64_t day = of_year - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0), rest = seconds % 86400;
  std::string out = "0000-00-00T00:00:00Z";
  const auto write = [&](std::size_t at, std::int64_t n, int digits) {
    for (int i = digits - 1; i >= 0; --i, n /= 10) out[at + static_cast<std::size_t>(i)] = static_cast<char>('0' + n % 10);
  };
  write(0, year, 4);
  write(5, month, 2);
  write(8, day, 2);
  write(11, rest / 3600, 2);
  write(14, rest / 60 % 60, 2);
  write(17, rest % 60, 2);
  return out;
}

}  // namespace

void put_time(std::string& out, std::string_view time) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int n = 0;
    for (std::size_t i = at; i < at + digits; ++i) n = time[i] >= '0' && time[i] <= '9' ? n * 10 + (time[i] - '0') : -1'000'000;
    return n;
  };
  if (time.size() == 20) {
    const int year = number(0, 4), month = number(5, 2), day = number(8, 2);
    if (year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 31) {
      const std::int64_t seconds = days_from(year, month, day) * 86400 + number(11, 2) * 3600 + number(14, 2) * 60 + number(17, 2);
      if (seconds >= 0 && text_of(seconds) == time) return put_number(out, static_cast<std::uint64_t>(seconds) * 2 + 1);
    }
  }
  put_number(out, time.size() * 2);
  out.append(time);
}

std::string Cursor::time() {
  const std::uint64_t n = number();
  // Five digits of a year are more than any time that was written.
  const bool common = n % 2 == 1;
  if (common ? n / 2 >= 253'402'300'800ULL : n / 2 > static_cast<std::uint64_t>(end_ - at_)) {
    fail();
    return {};
  }
  if (common) return text_of(static_cast<std::int64_t>(n / 2));
  std::string out(at_, n / 2);
  at_ += n / 2;
  return out;
}

std::string table_of(std::vector<TableEntry> entries) {
  std::sort(entries.begin(), entries.end(), [](const TableEntry& a, const TableEntry& b) { return a.hash != b.hash ? a.hash < b.hash : a.value < b.value; });
  const auto bits = static_cast<std::uint32_t>(std::bit_width(entries.size() / 16));
  std::string out;
  const auto put = [&](std::uint32_t n) { out.append(reinterpret_cast<const char*>(&n), sizeof n); };
  put(bits);
  std::size_t at = 0;
  for (std::uint64_t bucket = 0; bucket < (std::uint64_t{1} << bits); ++bucket) {
    put(static_cast<std::uint32_t>(at));
    while (at < entries.size() && (bits == 0 ? 0 : entries[at].hash >> (64 - bits)) == bucket) ++at;
  }
  put(static_cast<std::uint32_t>(at));
  for (const TableEntry& e : entries) {
    put(static_cast<std::uint32_t>(e.hash));
    put(e.value);
  }
  return out;
}

}  // namespace duolex::vulnerabilities::index
