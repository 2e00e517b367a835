#include "threats/data/parquet_values.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace duolex::threats::data {
namespace {

using parquet::Column;
using parquet::Kind;
using parquet::Physical;
using parquet::Value;

double half(std::string_view bytes) {
  const unsigned bits = static_cast<unsigned char>(bytes[0]) | static_cast<unsigned>(static_cast<unsigned char>(bytes[1])) << 8;
  const unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
  double v = 0;
  if (exponent == 31) {
    v = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  } else {
    v = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, static_cast<int>(exponent) - 25);
  }
  return (bits & 0x8000) != 0 ? -v : v;
}

// A whole number in two's complement, the highest byte first.
double whole(std::string_view bytes) {
  double v = bytes.empty() || static_cast<unsigned char>(bytes[0]) < 0x80 ? 0 : -1;
  for (const char c : bytes) v = v * 256 + static_cast<unsigned char>(c);
  return v;
}

// Nanoseconds of the day, then the day that astronomers count.
double days_of_int96(std::string_view bytes) {
  std::uint64_t nanoseconds = 0;
  std::uint32_t day = 0;
  std::memcpy(&nanoseconds, bytes.data(), 8);
  std::memcpy(&day, bytes.data() + 8, 4);
  return static_cast<double>(static_cast<std::int32_t>(day)) - 2440588.0 + static_cast<double>(static_cast<std::int64_t>(nanoseconds)) / 86400e9;
}

double exact(const Column& c, const Value& v) {
  switch (c.physical) {
    case Physical::float32: return std::bit_cast<float>(static_cast<std::uint32_t>(v.bits));
    case Physical::float64: return std::bit_cast<double>(v.bits);
    case Physical::int96: return days_of_int96(v.bytes);
    default: break;
  }
  const auto whole_number = static_cast<std::int64_t>(v.bits);
  const double scale = std::pow(10.0, -c.scale);
  switch (c.kind) {
    case Kind::half: return half(v.bytes);
    case Kind::decimal: return (c.stores_bytes() ? whole(v.bytes) : static_cast<double>(whole_number)) * scale;
    case Kind::natural: return c.physical == Physical::int32 ? static_cast<double>(static_cast<std::uint32_t>(v.bits)) : static_cast<double>(v.bits);
    case Kind::time: return static_cast<double>(whole_number) * scale;
    case Kind::instant: return static_cast<double>(whole_number) * scale / 86400.0;
    default: return static_cast<double>(whole_number);
  }
}

std::string shortest(double v) {
  char text[40];
  const auto [end, code] = std::to_chars(text, text + sizeof text, v);
  return code == std::errc() ? std::string(text, end) : "";
}

}  // namespace

bool holds_numbers(const Column& c) {
  if (c.physical == Physical::int96) return true;
  if (c.stores_bytes()) return c.kind == Kind::decimal || c.kind == Kind::half;
  return c.kind != Kind::text && c.kind != Kind::opaque;
}

float number_of(const Column& c, const Value& v) { return static_cast<float>(exact(c, v)); }

std::string text_of(const Column& c, const Value& v) {
  if (c.physical == Physical::boolean) return v.bits != 0 ? "true" : "false";
  if (c.physical == Physical::float32) {
    char text[40];
    const auto [end, code] = std::to_chars(text, text + sizeof text, std::bit_cast<float>(static_cast<std::uint32_t>(v.bits)));
    return code == std::errc() ? std::string(text, end) : "";
  }
  if (c.stores_bytes() && !holds_numbers(c)) {
    if (c.kind == Kind::text || c.physical == Physical::bytes) return std::string(v.bytes.substr(0, 200));
    static const char* const digits = "0123456789abcdef";
    std::string out;
    for (const char b : v.bytes.substr(0, 100)) out += {digits[static_cast<unsigned char>(b) >> 4], digits[static_cast<unsigned char>(b) & 15]};
    return out;
  }
  if (holds_numbers(c) && (c.kind == Kind::plain || c.kind == Kind::day) && !c.stores_bytes() && c.physical != Physical::float64) return std::to_string(static_cast<std::int64_t>(v.bits));
  if (c.kind == Kind::natural) return std::to_string(c.physical == Physical::int32 ? v.bits & 0xFFFFFFFFu : v.bits);
  return shortest(exact(c, v));
}

}  // namespace duolex::threats::data
