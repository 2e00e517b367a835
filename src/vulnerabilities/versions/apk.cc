// Alpine's apk, as its third major version orders: numbers, a letter, suffixes, a commit, "-r" and a revision. What
// follows a mistake does not count, and a version that goes wrong stands before one that ends there.
#include <array>

#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities::versions {
namespace {

// In the order in which what comes next in a version makes it greater. A suffix such as "_rc" stands before the end.
enum class Token { invalid, pre_suffix, end, revision, commit, suffix_number, post_suffix, empty_number, letter, number };

struct Part {
  Token token = Token::end;
  std::string_view text;  // number: the digits
  int rank = 0;           // suffixes and letters
};

constexpr std::array<std::string_view, 4> pre_suffixes = {"alpha", "beta", "pre", "rc"};
constexpr std::array<std::string_view, 5> post_suffixes = {"cvs", "svn", "git", "hg", "p"};

class Parts {
 public:
  explicit Parts(std::string_view text) : rest_(text) {}

  Part first() {
    last_ = Token::number;
    return {Token::number, take_digits(rest_), 0};
  }

  Part next() {
    Part part = read();
    last_ = part.token;
    if (part.token == Token::invalid) rest_ = {};
    return part;
  }

 private:
  Part read() {
    if (last_ == Token::invalid || last_ == Token::end || rest_.empty())
      return {last_ == Token::invalid ? Token::invalid : Token::end, {}, 0};
    const bool number = last_ == Token::number || last_ == Token::empty_number;
    const char c = rest_.front();
    if (number && is_lower(c)) {
      rest_.remove_prefix(1);
      return {Token::letter, {}, c};
    }
    if (last_ == Token::letter && is_digit(c)) return {Token::number, take_digits(rest_), 0};
    if ((last_ == Token::pre_suffix || last_ == Token::post_suffix) && is_digit(c))
      return {Token::suffix_number, take_digits(rest_), 0};
    if (c == '.' && number) {
      rest_.remove_prefix(1);
      const std::string_view digits = take_digits(rest_);
      return {digits.empty() ? Token::empty_number : Token::number, digits, 0};
    }
    if (c == '_' && last_ != Token::commit && last_ != Token::revision) return suffix();
    if (c == '~' && last_ != Token::commit && last_ != Token::revision) return commit();
    if (rest_.starts_with("-r") && last_ != Token::revision && (rest_.size() == 2 || !is_letter(rest_[2]))) {
      rest_.remove_prefix(2);
      return {Token::revision, take_digits(rest_), 0};
    }
    return {Token::invalid, {}, 0};
  }

  Part suffix() {
    rest_.remove_prefix(1);
    std::size_t n = 0;
    while (n < rest_.size() && is_lower(rest_[n])) ++n;
    const std::string_view word = rest_.substr(0, n);
    rest_.remove_prefix(n);
    for (std::size_t i = 0; i < pre_suffixes.size(); ++i)
      if (word == pre_suffixes[i]) return {Token::pre_suffix, {}, static_cast<int>(i)};
    for (std::size_t i = 0; i < post_suffixes.size(); ++i)
      if (word == post_suffixes[i]) return {Token::post_suffix, {}, static_cast<int>(i)};
    return {Token::invalid, {}, 0};
  }

  Part commit() {
    std::size_t n = 1;
    while (n < rest_.size() && (is_digit(rest_[n]) || (rest_[n] >= 'a' && rest_[n] <= 'f'))) ++n;
    const std::string_view digits = rest_.substr(1, n - 1);
    rest_.remove_prefix(n);
    return digits.empty() ? Part{Token::invalid, {}, 0} : Part{Token::commit, digits, 0};
  }

  std::string_view rest_;
  Token last_ = Token::number;
};

// After the first number, one with a zero in front stands before those without and is compared as text.
Order compare_number(std::string_view a, std::string_view b) {
  return a.starts_with('0') || b.starts_with('0') ? compare_text(a, b) : compare_numbers(a, b);
}

}  // namespace

std::optional<Order> compare_apk(std::string_view a, std::string_view b) {
  Parts x(a), y(b);
  Part p = x.first(), q = y.first();
  if (const Order o = compare_numbers(p.text, q.text); o != Order::equal) return o;
  for (;;) {
    p = x.next();
    q = y.next();
    if (p.token != q.token) return static_cast<int>(p.token) <=> static_cast<int>(q.token);
    Order o = Order::equal;
    switch (p.token) {
      case Token::invalid:
      case Token::end: return Order::equal;
      case Token::number: o = compare_number(p.text, q.text); break;
      case Token::commit: o = compare_text(p.text, q.text); break;
      case Token::revision:
      case Token::suffix_number: o = compare_numbers(p.text, q.text); break;
      case Token::letter:
      case Token::pre_suffix:
      case Token::post_suffix: o = p.rank <=> q.rank; break;
      case Token::empty_number: break;
    }
    if (o != Order::equal) return o;
  }
}

Reading key_apk(std::string_view version, std::string& key) {
  Parts parts(version);
  const Part first = parts.first();
  put_number(key, first.text);
  Reading reading = first.text.empty() ? Reading::outside : Reading::exact;
  bool after_letter = false;
  for (;;) {
    const Part p = parts.next();
    put_tag(key, static_cast<int>(p.token) + 1);
    switch (p.token) {
      case Token::invalid: return Reading::outside;
      case Token::end: return reading;
      case Token::number:
        put_tag(key, p.text.starts_with('0') ? 0 : 1);
        if (p.text.starts_with('0')) put_text(key, p.text); else put_number(key, p.text);
        if (after_letter) reading = Reading::outside;
        break;
      case Token::empty_number: reading = Reading::outside; break;
      case Token::commit: put_text(key, p.text); break;
      case Token::revision:
        if (p.text.empty()) reading = Reading::outside;
        put_number(key, p.text);
        break;
      case Token::suffix_number: put_number(key, p.text); break;
      case Token::letter:
      case Token::pre_suffix:
      case Token::post_suffix: put_tag(key, p.rank + 1); break;
    }
    after_letter = p.token == Token::letter;
  }
}

}  // namespace duolex::vulnerabilities::versions
