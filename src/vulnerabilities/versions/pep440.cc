// PEP 440. What it does not allow is ordered as setuptools did before there was a PEP 440, below all that it allows.
#include <array>

#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

struct Pep440 {
  std::string epoch, pre_number, post_number, dev_number;
  std::vector<std::string> release;  // without the zeros at its end
  int pre = 0;                       // 1 alpha, 2 beta, 3 release candidate
  bool post = false, dev = false;
  std::vector<std::string> local;
};

struct Word {
  std::string_view text;
  int kind;
};
// Longer words before those they begin with.
constexpr std::array<Word, 8> pre_words = {{{"alpha", 1}, {"beta", 2}, {"preview", 3}, {"pre", 3}, {"rc", 3}, {"a", 1}, {"b", 2}, {"c", 3}}};
constexpr std::array<Word, 3> post_words = {{{"post", 1}, {"rev", 1}, {"r", 1}}};
constexpr std::array<Word, 1> dev_words = {{{"dev", 1}}};

bool is_separator(char c) { return c == '.' || c == '-' || c == '_'; }

// [separator] word [separator] [number]; 0 when none of the words is next.
template <std::size_t n>
int take_word(std::string_view& rest, const std::array<Word, n>& words, std::string& number) {
  std::string_view at = rest;
  if (!at.empty() && is_separator(at.front())) at.remove_prefix(1);
  for (const Word& word : words) {
    if (!at.starts_with(word.text)) continue;
    at.remove_prefix(word.text.size());
    std::string_view after = at;
    if (!after.empty() && is_separator(after.front())) after.remove_prefix(1);
    number = take_digits(after);
    rest = number.empty() ? at : after;
    return word.kind;
  }
  return 0;
}

std::optional<Pep440> parse(std::string_view given) {
  const std::string text = lower(given);
  std::string_view rest = text;
  Pep440 v;
  if (rest.starts_with('v')) rest.remove_prefix(1);
  std::string_view number = take_digits(rest);
  if (number.empty()) return std::nullopt;
  if (rest.starts_with('!')) {
    v.epoch = number;
    rest.remove_prefix(1);
    number = take_digits(rest);
    if (number.empty()) return std::nullopt;
  }
  v.release.emplace_back(number);
  while (rest.size() > 1 && rest[0] == '.' && is_digit(rest[1])) {
    rest.remove_prefix(1);
    v.release.emplace_back(take_digits(rest));
  }
  while (!v.release.empty() && without_zeros(v.release.back()).empty()) v.release.pop_back();
  v.pre = take_word(rest, pre_words, v.pre_number);
  if (rest.size() > 1 && rest[0] == '-' && is_digit(rest[1])) {
    rest.remove_prefix(1);
    v.post = true;
    v.post_number = take_digits(rest);
  } else {
    v.post = take_word(rest, post_words, v.post_number) != 0;
  }
  v.dev = take_word(rest, dev_words, v.dev_number) != 0;
  if (rest.starts_with('+')) {
    do {
      rest.remove_prefix(1);
      std::size_t n = 0;
      while (n < rest.size() && is_alnum(rest[n])) ++n;
      if (n == 0) return std::nullopt;
      v.local.emplace_back(rest.substr(0, n));
      rest.remove_prefix(n);
    } while (!rest.empty() && is_separator(rest.front()));
  }
  if (!rest.empty()) return std::nullopt;
  return v;
}

// A development release of nothing else stands before all pre-releases; no pre-release stands after them.
int pre_rank(const Pep440& v) { return v.pre != 0 ? v.pre : (!v.post && v.dev ? 0 : 4); }

Order compare_local(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const bool x = all_digits(a[i]), y = all_digits(b[i]);
    const Order order = x && y ? compare_numbers(a[i], b[i]) : x != y ? (x ? Order::greater : Order::less) : compare_text(a[i], b[i]);
    if (order != Order::equal) return order;
  }
  return a.size() <=> b.size();
}

Order compare_parsed(const Pep440& a, const Pep440& b) {
  const auto flag = [](bool x, bool y) { return static_cast<int>(x) <=> static_cast<int>(y); };
  if (const Order o = compare_numbers(a.epoch, b.epoch); o != Order::equal) return o;
  for (std::size_t i = 0; i < std::max(a.release.size(), b.release.size()); ++i)
    if (const Order o = compare_numbers(i < a.release.size() ? a.release[i] : "", i < b.release.size() ? b.release[i] : ""); o != Order::equal)
      return o;
  if (const Order o = pre_rank(a) <=> pre_rank(b); o != Order::equal) return o;
  if (const Order o = compare_numbers(a.pre_number, b.pre_number); o != Order::equal) return o;
  if (const Order o = flag(a.post, b.post); o != Order::equal) return o;
  if (const Order o = compare_numbers(a.post_number, b.post_number); o != Order::equal) return o;
  if (const Order o = flag(b.dev, a.dev); o != Order::equal) return o;
  if (const Order o = compare_numbers(a.dev_number, b.dev_number); o != Order::equal) return o;
  return compare_local(a.local, b.local);
}

// The pieces setuptools compared: numbers filled with zeros, words with a star before them; "final" and what only
// separates gives way to a following earlier word.
std::vector<std::string> old_pieces(std::string_view given) {
  const std::string text = lower(given);
  std::vector<std::string> raw;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t n = i;
    if (is_digit(text[i])) {
      while (n < text.size() && is_digit(text[n])) ++n;
    } else if (is_lower(text[i])) {
      while (n < text.size() && is_lower(text[n])) ++n;
    } else {
      while (n < text.size() && !is_digit(text[n]) && !is_lower(text[n]) && text[n] != '.' && text[n] != '-') ++n;
      if (n == i) ++n;
    }
    raw.push_back(text.substr(i, n - i));
    i = n;
  }
  std::vector<std::string> pieces;
  for (std::string& part : raw) {
    if (part == ".") continue;
    if (part == "pre" || part == "preview" || part == "rc") part = "c";
    if (part == "-") part = "final-";
    if (part == "dev") part = "@";
    if (is_digit(part.front())) {
      if (part.size() < 8) part.insert(0, 8 - part.size(), '0');
    } else {
      part.insert(0, "*");
      if (part < "*final")
        while (!pieces.empty() && pieces.back() == "*final-") pieces.pop_back();
      while (!pieces.empty() && pieces.back() == "00000000") pieces.pop_back();
    }
    pieces.push_back(part);
  }
  pieces.push_back("*final");
  return pieces;
}

}  // namespace

std::optional<Order> compare_pep440(std::string_view a, std::string_view b) {
  const auto x = parse(a), y = parse(b);
  if (x && y) return compare_parsed(*x, *y);
  if (x || y) return x ? Order::greater : Order::less;
  const auto p = old_pieces(a), q = old_pieces(b);
  for (std::size_t i = 0; i < std::min(p.size(), q.size()); ++i)
    if (const Order o = compare_text(p[i], q[i]); o != Order::equal) return o;
  return p.size() <=> q.size();
}

Reading key_pep440(std::string_view version, std::string& key) {
  const auto v = parse(version);
  if (!v) {
    put_tag(key, 0);
    for (const std::string& piece : old_pieces(version)) put_text(key, piece);  // none is empty
    put_tag(key, 0);
    return Reading::outside;
  }
  put_tag(key, 1);
  put_number(key, v->epoch);
  for (const std::string& number : v->release) {
    put_tag(key, 2);
    put_number(key, number);
  }
  put_tag(key, 1);
  put_tag(key, pre_rank(*v));
  if (v->pre != 0) put_number(key, v->pre_number);
  put_tag(key, v->post ? 2 : 1);
  if (v->post) put_number(key, v->post_number);
  put_tag(key, v->dev ? 1 : 2);
  if (v->dev) put_number(key, v->dev_number);
  for (const std::string& part : v->local) {
    put_tag(key, all_digits(part) ? 3 : 2);
    if (all_digits(part)) put_number(key, part); else put_text(key, part);
  }
  put_tag(key, 1);
  return Reading::exact;
}

}  // namespace duolex::vulnerabilities::versions
