// NuGet: SemVer with a fourth number and no difference between upper and lower case.
#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

struct Nuget {
  std::string_view numbers[4] = {"", "", "", ""};
  std::vector<std::string> pre;
  Reading reading = Reading::exact;
};

std::optional<Nuget> parse(std::string_view text) {
  Nuget v;
  if (text.front() == 'v' || text.front() == 'V') text.remove_prefix(1);
  text = text.substr(0, text.find('+'));
  for (std::size_t i = 0;; ++i) {
    if (i == 4 || text.empty() || !is_digit(text.front())) return std::nullopt;
    v.numbers[i] = take_digits(text);
    if (text.empty() || text.front() != '.') break;
    text.remove_prefix(1);
  }
  if (text.empty()) return v;
  if (text.front() != '-') return std::nullopt;
  for (;;) {
    text.remove_prefix(1);
    const std::size_t dot = text.find('.');
    v.pre.push_back(lower(text.substr(0, dot)));
    if (v.pre.back().empty()) v.reading = Reading::outside;
    if (dot == std::string_view::npos) return v;
    text = text.substr(dot);
  }
}

}  // namespace

std::optional<Order> compare_nuget(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  for (int i = 0; i < 4; ++i)
    if (const Order order = compare_numbers(x->numbers[i], y->numbers[i]); order != Order::equal) return order;
  if (x->pre.empty() || y->pre.empty()) return static_cast<int>(x->pre.empty()) <=> static_cast<int>(y->pre.empty());
  for (std::size_t i = 0; i < std::min(x->pre.size(), y->pre.size()); ++i) {
    const std::string &p = x->pre[i], &q = y->pre[i];
    const bool p_number = all_digits(p), q_number = all_digits(q);
    const Order order = p_number && q_number ? compare_numbers(p, q)
                        : p_number != q_number ? (p_number ? Order::less : Order::greater)
                                               : compare_text(p, q);
    if (order != Order::equal) return order;
  }
  return x->pre.size() <=> y->pre.size();
}

Reading key_nuget(std::string_view version, std::string& key) {
  const auto v = parse(version);
  if (!v) return Reading::unreadable;
  for (const std::string_view number : v->numbers) put_number(key, number);
  put_tag(key, v->pre.empty() ? 2 : 1);
  if (v->pre.empty()) return v->reading;
  for (const std::string& id : v->pre) {
    put_tag(key, all_digits(id) ? 1 : 2);
    if (all_digits(id)) put_number(key, id); else put_text(key, id);
  }
  put_tag(key, 0);
  return v->reading;
}

}  // namespace duolex::vulnerabilities::versions
