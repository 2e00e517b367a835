// Debian: epoch ":" upstream "-" revision, each of the two walked as runs of other characters and of digits.
#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

struct Dpkg {
  std::string_view epoch, upstream, revision;
};

std::optional<Dpkg> parse(std::string_view text) {
  Dpkg v;
  if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    v.epoch = text.substr(0, colon);
    if (!all_digits(v.epoch)) return std::nullopt;
    text = text.substr(colon + 1);
  }
  if (const std::size_t dash = text.rfind('-'); dash != std::string_view::npos) {
    v.revision = text.substr(dash + 1);
    text = text.substr(0, dash);
  }
  v.upstream = text;
  if (text.empty()) return std::nullopt;
  for (const std::string_view part : {v.upstream, v.revision})
    for (const char c : part)
      if (!is_alnum(c) && std::string_view(".+~:-_").find(c) == std::string_view::npos) return std::nullopt;
  return v;
}

// "~" before the end, the end before letters, letters before the rest.
int weight(char c) {
  if (c == '~') return 1;
  if (is_letter(c)) return c;
  return c + 128;
}
constexpr int end_weight = 2;

int weight_at(std::string_view text) { return text.empty() || is_digit(text.front()) ? end_weight : weight(text.front()); }

Order compare_part(std::string_view a, std::string_view b) {
  while (!a.empty() || !b.empty()) {
    while ((!a.empty() && !is_digit(a.front())) || (!b.empty() && !is_digit(b.front()))) {
      if (const Order o = weight_at(a) <=> weight_at(b); o != Order::equal) return o;
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
    if (const Order o = compare_numbers(take_digits(a), take_digits(b)); o != Order::equal) return o;
  }
  return Order::equal;
}

void put_part(std::string& key, std::string_view text) {
  do {
    while (!text.empty() && !is_digit(text.front())) {
      put_tag(key, weight(text.front()));
      text.remove_prefix(1);
    }
    put_tag(key, end_weight);
    put_number(key, take_digits(text));
  } while (!text.empty());
  put_tag(key, end_weight);
}

}  // namespace

std::optional<Order> compare_dpkg(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (!x || !y) return std::nullopt;
  if (const Order o = compare_numbers(x->epoch, y->epoch); o != Order::equal) return o;
  if (const Order o = compare_part(x->upstream, y->upstream); o != Order::equal) return o;
  return compare_part(x->revision, y->revision);
}

Reading key_dpkg(std::string_view version, std::string& key) {
  const auto v = parse(version);
  if (!v) return Reading::unreadable;
  put_number(key, v->epoch);
  put_part(key, v->upstream);
  put_part(key, v->revision);
  return is_digit(v->upstream.front()) ? Reading::exact : Reading::outside;
}

}  // namespace duolex::vulnerabilities::versions
