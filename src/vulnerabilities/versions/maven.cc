// Maven's order of versions as its POM reference describes it: parts after "." and "-" (which also stands where
// digits meet letters), parts that say nothing left out before "-" and at the end, and at each place
//   early qualifiers < nothing < late qualifiers < "-" number < "." number.
// The reference treats "." and "-" before a qualifier alike; Maven 3.8 does not (docs/decisions/version-orders.md).
#include <array>

#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

struct Part {
  char separator = '-';
  std::string text;  // in lower case, aliases resolved; a release is ""
  [[nodiscard]] bool number() const { return all_digits(text); }
  [[nodiscard]] bool says_nothing() const { return text.empty() || (number() && without_zeros(text).empty()); }
};

// The known qualifiers in order; "" is the release itself.
constexpr std::array<std::string_view, 7> known = {"alpha", "beta", "milestone", "rc", "snapshot", "", "sp"};
constexpr int release_rank = 5;

int rank_of(std::string_view qualifier) {
  for (std::size_t i = 0; i < known.size(); ++i)
    if (known[i] == qualifier) return static_cast<int>(i);
  return static_cast<int>(known.size());  // unknown ones: after all known, in the order of text
}

std::string resolved(std::string_view word, bool before_digit) {
  std::string text = lower(word);
  if (before_digit && text == "a") return "alpha";
  if (before_digit && text == "b") return "beta";
  if (before_digit && text == "m") return "milestone";
  if (text == "cr") return "rc";
  if (text == "ga" || text == "final" || text == "release") return "";
  return text;
}

std::vector<Part> parse(std::string_view text) {
  std::vector<Part> parts;
  char separator = '-';
  while (true) {
    std::size_t n = 0;
    const bool digits = !text.empty() && is_digit(text.front());
    while (n < text.size() && text[n] != '.' && text[n] != '-' && is_digit(text[n]) == digits) ++n;
    const std::string_view word = text.substr(0, n);
    text.remove_prefix(n);
    const bool meets_digit = !text.empty() && is_digit(text.front());
    parts.push_back({separator, digits || word.empty() ? std::string(word.empty() ? "0" : word) : resolved(word, meets_digit)});
    if (text.empty()) break;
    separator = '-';
    if (text.front() == '.' || text.front() == '-') {
      separator = text.front();
      text.remove_prefix(1);
    }
  }
  // Parts that say nothing go at the end, and before each hyphen or qualifier; the first stays.
  std::vector<Part> kept;
  for (Part& part : parts) {
    const bool bound = part.separator == '-' || !part.number();
    while (bound && kept.size() > 1 && kept.back().says_nothing()) kept.pop_back();
    kept.push_back(std::move(part));
  }
  while (kept.size() > 1 && kept.back().says_nothing()) kept.pop_back();
  if (kept.front().number()) kept.front().separator = '.';
  return kept;
}

// What stands at a place: 1 an early qualifier, 2 nothing, 3 a late qualifier, 4 "-" number, 5 "." number.
int place(const Part& p) {
  if (p.number()) return p.separator == '-' ? 4 : 5;
  const int rank = rank_of(p.text);
  return rank < release_rank ? 1 : rank == release_rank ? 2 : 3;
}

Order compare_parts(const Part& a, const Part& b) {
  if (const Order o = place(a) <=> place(b); o != Order::equal) return o;
  if (a.number()) return compare_numbers(a.text, b.text);
  const int x = rank_of(a.text), y = rank_of(b.text);
  if (x != y) return x <=> y;
  return x == static_cast<int>(known.size()) ? compare_text(a.text, b.text) : Order::equal;
}

}  // namespace

std::optional<Order> compare_maven(std::string_view a, std::string_view b) {
  const std::vector<Part> x = parse(a), y = parse(b);
  const Part nothing{'-', ""};
  for (std::size_t i = 0; i < std::max(x.size(), y.size()); ++i)
    if (const Order o = compare_parts(i < x.size() ? x[i] : nothing, i < y.size() ? y[i] : nothing); o != Order::equal)
      return o;
  return Order::equal;
}

Reading key_maven(std::string_view version, std::string& key) {
  for (const Part& part : parse(version)) {
    if (place(part) == 2) {  // the release written out, with more after it
      put_tag(key, 2);
      put_tag(key, 1);
      continue;
    }
    put_tag(key, place(part));
    if (part.number()) {
      put_number(key, part.text);
    } else {
      put_tag(key, rank_of(part.text) + 1);
      if (rank_of(part.text) == static_cast<int>(known.size())) put_text(key, part.text);
    }
  }
  put_tag(key, 2);
  put_tag(key, 0);
  return Reading::exact;
}

}  // namespace duolex::vulnerabilities::versions
