// rpm: epoch ":" version "-" release. What is neither letter, digit, "~" nor "^" only separates.
#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

struct Rpm {
  std::string_view epoch, version, release;
  bool has_release = false;
};

Rpm parse(std::string_view text) {
  Rpm v;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos && all_digits(text.substr(0, colon))) {
    v.epoch = text.substr(0, colon);
    text = text.substr(colon + 1);
  }
  if (const std::size_t dash = text.rfind('-'); dash != std::string_view::npos) {
    v.has_release = true;
    v.release = text.substr(dash + 1);
    text = text.substr(0, dash);
  }
  v.version = text;
  return v;
}

void skip_separators(std::string_view& text) {
  while (!text.empty() && !is_alnum(text.front()) && text.front() != '~' && text.front() != '^') text.remove_prefix(1);
}

std::string_view take_letters(std::string_view& text) {
  std::size_t n = 0;
  while (n < text.size() && is_letter(text[n])) ++n;
  const std::string_view letters = text.substr(0, n);
  text.remove_prefix(n);
  return letters;
}

Order compare_part(std::string_view a, std::string_view b) {
  for (;;) {
    skip_separators(a);
    skip_separators(b);
    if (a.starts_with('~') || b.starts_with('~')) {
      if (!a.starts_with('~')) return Order::greater;
      if (!b.starts_with('~')) return Order::less;
      a.remove_prefix(1);
      b.remove_prefix(1);
      continue;
    }
    if (a.empty() || b.empty()) return static_cast<int>(b.empty()) <=> static_cast<int>(a.empty());
    if (a.front() == '^' || b.front() == '^') {
      if (a.front() != '^') return Order::greater;
      if (b.front() != '^') return Order::less;
      a.remove_prefix(1);
      b.remove_prefix(1);
      continue;
    }
    if (is_digit(a.front()) != is_digit(b.front())) return is_digit(a.front()) ? Order::greater : Order::less;
    const Order o = is_digit(a.front()) ? compare_numbers(take_digits(a), take_digits(b))
                                        : compare_text(take_letters(a), take_letters(b));
    if (o != Order::equal) return o;
  }
}

void put_part(std::string& key, std::string_view text) {
  for (skip_separators(text); !text.empty(); skip_separators(text)) {
    if (text.front() == '~' || text.front() == '^') {
      put_tag(key, text.front() == '~' ? 1 : 3);
      text.remove_prefix(1);
    } else if (is_digit(text.front())) {
      put_tag(key, 5);
      put_number(key, take_digits(text));
    } else {
      put_tag(key, 4);
      put_text(key, take_letters(text));
    }
  }
  put_tag(key, 2);
}

}  // namespace

std::optional<Order> compare_rpm(std::string_view a, std::string_view b) {
  const Rpm x = parse(a), y = parse(b);
  if (const Order o = compare_numbers(x.epoch, y.epoch); o != Order::equal) return o;
  if (const Order o = compare_part(x.version, y.version); o != Order::equal) return o;
  if (x.has_release != y.has_release) return x.has_release ? Order::greater : Order::less;
  return compare_part(x.release, y.release);
}

Reading key_rpm(std::string_view version, std::string& key) {
  const Rpm v = parse(version);
  put_number(key, v.epoch);
  put_part(key, v.version);
  put_tag(key, v.has_release ? 1 : 0);
  if (v.has_release) put_part(key, v.release);
  std::string_view rest = v.version;
  skip_separators(rest);
  return rest.empty() ? Reading::outside : Reading::exact;
}

}  // namespace duolex::vulnerabilities::versions
