// CRAN and Hackage: a list of numbers; of two lists that agree as far as both go the longer is the greater.
#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

std::optional<std::vector<std::string_view>> parse(std::string_view text) {
  std::vector<std::string_view> numbers;
  for (;;) {
    numbers.push_back(take_digits(text));
    if (numbers.back().empty()) return std::nullopt;
    if (text.empty()) return numbers;
    if (text.front() != '.' && text.front() != '-') return std::nullopt;
    text.remove_prefix(1);
  }
}

}  // namespace

std::optional<Order> compare_dotted(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  for (std::size_t i = 0; i < std::min(x->size(), y->size()); ++i)
    if (const Order order = compare_numbers((*x)[i], (*y)[i]); order != Order::equal) return order;
  return x->size() <=> y->size();
}

Reading key_dotted(std::string_view version, std::string& key) {
  const auto numbers = parse(version);
  if (!numbers) return Reading::unreadable;
  for (const std::string_view number : *numbers) {
    put_tag(key, 1);
    put_number(key, number);
  }
  put_tag(key, 0);
  return Reading::exact;
}

}  // namespace duolex::vulnerabilities::versions
