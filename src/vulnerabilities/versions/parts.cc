#include "vulnerabilities/versions/parts.h"

#include <algorithm>
#include <cstdint>

namespace duolex::vulnerabilities::versions {

bool all_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

std::string_view without_zeros(std::string_view digits) {
  while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

Order compare_text(std::string_view a, std::string_view b) { return a.compare(b) <=> 0; }

Order compare_numbers(std::string_view a, std::string_view b) {
  a = without_zeros(a);
  b = without_zeros(b);
  return a.size() != b.size() ? a.size() <=> b.size() : compare_text(a, b);
}

std::string_view take_digits(std::string_view& rest) {
  std::size_t n = 0;
  while (n < rest.size() && is_digit(rest[n])) ++n;
  const std::string_view digits = rest.substr(0, n);
  rest.remove_prefix(n);
  return digits;
}

void put_number(std::string& key, std::string_view digits) {
  digits = without_zeros(digits);
  if (digits.size() > 18) {  // as digits, the longer one greater
    key.push_back(static_cast<char>(0x90));
    key.push_back(static_cast<char>(digits.size() >> 8));
    key.push_back(static_cast<char>(digits.size() & 0xff));
    key.append(digits);
    return;
  }
  std::uint64_t value = 0;
  for (const char c : digits) value = value * 10 + static_cast<std::uint64_t>(c - '0');
  if (value < 0x80) {
    key.push_back(static_cast<char>(value));
    return;
  }
  int bytes = 1;
  while (bytes < 8 && (value >> (8 * bytes)) != 0) ++bytes;
  key.push_back(static_cast<char>(0x80 + bytes));
  for (int i = bytes - 1; i >= 0; --i) key.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
}

void put_text(std::string& key, std::string_view text) {
  key.append(text);
  key.push_back('\0');
}

}  // namespace duolex::vulnerabilities::versions
