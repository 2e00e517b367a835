// Packagist: PHP's version_compare, which Composer rests on.
#include <array>

#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

// Runs of digits and of letters, and "#", which PHP takes for any number.
std::vector<std::string> parse(std::string_view text) {
  if ((text.front() == 'v' || text.front() == 'V') && text.size() > 1 && is_digit(text[1])) text.remove_prefix(1);
  std::vector<std::string> parts;
  while (!text.empty()) {
    if (is_digit(text.front())) {
      parts.emplace_back(take_digits(text));
    } else if (is_letter(text.front())) {
      std::size_t n = 0;
      while (n < text.size() && is_letter(text[n])) ++n;
      parts.push_back(lower(text.substr(0, n)));
      text.remove_prefix(n);
    } else {
      if (text.front() == '#') parts.emplace_back("#");
      text.remove_prefix(1);
    }
  }
  return parts;
}

// dev < alpha < beta < RC < the end < numbers < patch level; any other word stands before all, and all of those alike.
constexpr int end_rank = 5;
constexpr int number_rank = 6;

int rank_of(std::string_view part) {
  struct Form {
    std::string_view start;
    int rank;
  };
  static constexpr std::array<Form, 5> forms = {{{"dev", 1}, {"a", 2}, {"b", 3}, {"rc", 4}, {"p", 7}}};
  if (is_digit(part.front()) || part == "#") return number_rank;
  for (const Form& form : forms)
    if (part.starts_with(form.start)) return form.rank;
  return 0;
}

}  // namespace

std::optional<Order> compare_packagist(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  for (std::size_t i = 0; i < std::max(x.size(), y.size()); ++i) {
    const std::string p = i < x.size() ? x[i] : "", q = i < y.size() ? y[i] : "";
    const int r = p.empty() ? end_rank : rank_of(p), s = q.empty() ? end_rank : rank_of(q);
    if ((p == "#" && (s == end_rank || s == number_rank)) || (q == "#" && (r == end_rank || r == number_rank))) continue;
    if (r != s) return r <=> s;
    if (r != number_rank) continue;
    if (const Order o = compare_numbers(p, q); o != Order::equal) return o;
  }
  return Order::equal;
}

Reading key_packagist(std::string_view version, std::string& key) {
  const auto parts = parse(version);
  if (parts.empty()) return Reading::unreadable;
  Reading reading = is_digit(parts.front().front()) ? Reading::exact : Reading::outside;
  for (const std::string& part : parts) {
    if (part == "#") return Reading::unreadable;  // equal to every number: no place in an order
    const int rank = rank_of(part);
    if (rank == 0) reading = Reading::outside;
    put_tag(key, rank);
    if (rank == number_rank) put_number(key, part);
  }
  put_tag(key, end_rank);
  return reading;
}

}  // namespace duolex::vulnerabilities::versions
