// Semantic Versioning 2.0.0, read leniently: a leading "v" or "=", fewer or more than three numbers. With it Hex and
// npm; Go, whose pseudo-versions are made to fall into this order; Pub, where build metadata counts.
#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

struct Semver {
  std::vector<std::string_view> numbers;  // at least three; a zero after the third is left out at the end
  bool has_pre = false, has_build = false;
  std::string_view pre, build;
  Reading reading = Reading::exact;
};

std::optional<Semver> parse(std::string_view text) {
  Semver v;
  if (text.front() == 'v' || text.front() == 'V' || text.front() == '=') text.remove_prefix(1);
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  v.numbers.push_back(take_digits(text));
  while (text.size() > 1 && text[0] == '.' && is_digit(text[1])) {
    text.remove_prefix(1);
    v.numbers.push_back(take_digits(text));
  }
  while (v.numbers.size() < 3) v.numbers.push_back("");
  while (v.numbers.size() > 3 && without_zeros(v.numbers.back()).empty()) v.numbers.pop_back();
  if (const std::size_t plus = text.find('+'); plus != std::string_view::npos) {
    v.has_build = true;
    v.build = text.substr(plus + 1);
    text = text.substr(0, plus);
  }
  if (!text.empty()) {  // "1.0rc1" has no hyphen
    v.has_pre = true;
    if (text.front() == '-') text.remove_prefix(1); else v.reading = Reading::outside;
    v.pre = text;
    for (const char c : v.pre)
      if (!is_alnum(c) && c != '.' && c != '-') v.reading = Reading::outside;
    if (v.pre.empty()) v.reading = Reading::outside;
  }
  return v;
}

std::string_view next_identifier(std::string_view& rest, bool& more) {
  const std::size_t dot = rest.find('.');
  const std::string_view id = rest.substr(0, dot);
  more = dot != std::string_view::npos;
  rest = more ? rest.substr(dot + 1) : std::string_view{};
  return id;
}

Order compare_identifiers(std::string_view a, std::string_view b) {
  for (bool more_a = true, more_b = true;;) {
    const std::string_view x = next_identifier(a, more_a), y = next_identifier(b, more_b);
    const bool x_number = all_digits(x), y_number = all_digits(y);
    const Order order = x_number && y_number ? compare_numbers(x, y)
                        : x_number != y_number ? (x_number ? Order::less : Order::greater)
                                               : compare_text(x, y);
    if (order != Order::equal) return order;
    if (!more_a || !more_b) return static_cast<int>(more_a) <=> static_cast<int>(more_b);
  }
}

Order compare_parsed(const Semver& a, const Semver& b) {
  for (std::size_t i = 0; i < std::max(a.numbers.size(), b.numbers.size()); ++i) {
    const Order order = compare_numbers(i < a.numbers.size() ? a.numbers[i] : "", i < b.numbers.size() ? b.numbers[i] : "");
    if (order != Order::equal) return order;
  }
  if (a.has_pre != b.has_pre) return a.has_pre ? Order::less : Order::greater;
  return a.has_pre ? compare_identifiers(a.pre, b.pre) : Order::equal;
}

void put_identifiers(std::string& key, std::string_view text) {
  for (bool more = true; more;) {
    const std::string_view id = next_identifier(text, more);
    if (all_digits(id)) {
      put_tag(key, 1);
      put_number(key, id);
    } else {
      put_tag(key, 2);
      put_text(key, id);
    }
  }
  put_tag(key, 0);
}

void put_parsed(std::string& key, const Semver& v) {
  for (std::size_t i = 0; i < v.numbers.size(); ++i) {
    if (i >= 3) put_tag(key, 3);
    put_number(key, v.numbers[i]);
  }
  put_tag(key, v.has_pre ? 1 : 2);
  if (v.has_pre) put_identifiers(key, v.pre);
}

// The go command's own versions, "go1.21rc2", are no SemVer; the Go advisories write them 1.21.0-rc.2.
std::string go_release(std::string_view text) {
  if (!text.starts_with("go") || text.size() < 3 || !is_digit(text[2])) return std::string(text);
  text.remove_prefix(2);
  std::string out;
  int dots = 0;
  while (!text.empty() && (is_digit(text.front()) || text.front() == '.')) {
    dots += text.front() == '.' ? 1 : 0;
    out.push_back(text.front());
    text.remove_prefix(1);
  }
  for (; dots < 2; ++dots) out += ".0";
  for (const std::string_view kind : {"rc", "beta"})
    if (text.starts_with(kind)) {
      out += "-" + std::string(kind) + "." + std::string(text.substr(kind.size()));
      return out;
    }
  return out + std::string(text);
}

}  // namespace

std::optional<Order> compare_semver(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  return compare_parsed(*x, *y);
}

Reading key_semver(std::string_view version, std::string& key) {
  const auto v = parse(version);
  if (!v) return Reading::unreadable;
  put_parsed(key, *v);
  return v->reading;
}

std::optional<Order> compare_go(std::string_view a, std::string_view b) {
  return compare_semver(go_release(a), go_release(b));
}

Reading key_go(std::string_view version, std::string& key) {
  return version.starts_with("go") ? key_semver(go_release(version), key) : key_semver(version, key);
}

std::optional<Order> compare_pub(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  if (const Order order = compare_parsed(*x, *y); order != Order::equal) return order;
  if (x->has_build != y->has_build) return x->has_build ? Order::greater : Order::less;
  return x->has_build ? compare_identifiers(x->build, y->build) : Order::equal;
}

Reading key_pub(std::string_view version, std::string& key) {
  const auto v = parse(version);
  if (!v) return Reading::unreadable;
  put_parsed(key, *v);
  put_tag(key, v->has_build ? 1 : 0);
  if (v->has_build) put_identifiers(key, v->build);
  return v->reading;
}

}  // namespace duolex::vulnerabilities::versions
