// RubyGems: runs of digits and of letters; letters make a pre-release and stand before numbers. Where one version
// has ended, zeros go on.
#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

struct Gem {
  std::vector<std::string_view> parts;  // numbers and words, without the zeros before the first word and at the end
  Reading reading = Reading::exact;
};

bool zero(std::string_view part) { return all_digits(part) && without_zeros(part).empty(); }

void drop_zeros(std::vector<std::string_view>& parts) {
  while (!parts.empty() && zero(parts.back())) parts.pop_back();
}

std::optional<Gem> parse(std::string_view text) {
  if (!is_digit(text.front())) return std::nullopt;
  Gem v;
  bool words = false;
  while (!text.empty()) {
    std::string_view part;
    if (is_digit(text.front())) {
      part = take_digits(text);
    } else if (is_letter(text.front())) {
      std::size_t n = 0;
      while (n < text.size() && is_letter(text[n])) ++n;
      part = text.substr(0, n);
      text.remove_prefix(n);
    } else if (text.front() == '-') {
      part = "pre";  // a hyphen is read as ".pre."
      text.remove_prefix(1);
    } else {
      if (text.front() != '.') return std::nullopt;
      text.remove_prefix(1);
      if (text.empty() || !is_alnum(text.front())) v.reading = Reading::outside;
      continue;
    }
    if (!words && !is_digit(part.front())) {
      drop_zeros(v.parts);
      words = true;
    }
    v.parts.push_back(part);
  }
  drop_zeros(v.parts);
  return v;
}

Order compare_parts(std::string_view a, std::string_view b) {
  const bool x = is_digit(a.front()), y = is_digit(b.front());
  if (x != y) return x ? Order::greater : Order::less;
  return x ? compare_numbers(a, b) : compare_text(a, b);
}

}  // namespace

std::optional<Order> compare_rubygems(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  for (std::size_t i = 0; i < std::max(x->parts.size(), y->parts.size()); ++i)
    if (const Order o = compare_parts(i < x->parts.size() ? x->parts[i] : "0", i < y->parts.size() ? y->parts[i] : "0"); o != Order::equal)
      return o;
  return Order::equal;
}

// At each place: a word < zeros and then a word (the more zeros the greater) < the end < zeros and then more than
// zero (the more zeros the less) < a number.
Reading key_rubygems(std::string_view version, std::string& key) {
  const auto v = parse(version);
  if (!v) return Reading::unreadable;
  for (std::size_t i = 0; i < v->parts.size(); ++i) {
    std::size_t zeros = 0;
    while (zero(v->parts[i])) {  // none stands at the end
      ++zeros;
      ++i;
    }
    const std::string_view part = v->parts[i];
    const bool number = is_digit(part.front());
    if (zeros != 0) {
      put_tag(key, number ? 4 : 2);
      const std::size_t written = number ? longest_version - zeros : zeros;
      put_tag(key, static_cast<int>(written >> 8));
      put_tag(key, static_cast<int>(written & 0xff));
    } else {
      put_tag(key, number ? 5 : 1);
    }
    if (number) put_number(key, part); else put_text(key, part);
  }
  put_tag(key, 3);
  return v->reading;
}

}  // namespace duolex::vulnerabilities::versions
