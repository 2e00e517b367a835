#include "vulnerabilities/versions/order_lines.h"

#include <array>

#include "vulnerabilities/versions/parts.h"

namespace duolex::vulnerabilities {
namespace {

std::string_view take_word(std::string_view& line) {
  const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!line.empty() && space(line.front())) line.remove_prefix(1);
  std::size_t n = 0;
  while (n < line.size() && !space(line[n])) ++n;
  const std::string_view word = line.substr(0, n);
  line.remove_prefix(n);
  return word;
}

std::string plain(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, name.find(':')))
    if (versions::is_alnum(c)) out.push_back(versions::lower(c));
  return out;
}

}  // namespace

LineVerdict judge_order_line(Scheme scheme, std::string_view line) {
  const std::string_view a = take_word(line), relation = take_word(line), b = take_word(line);
  if (a.empty() || a.starts_with('#') || a.starts_with("//")) return LineVerdict::nothing;
  if (b.empty() || !take_word(line).empty() || relation.size() != 1) return LineVerdict::unreadable;
  const auto order = compare(scheme, a, b);
  if (!order) return LineVerdict::unreadable;
  switch (relation.front()) {
    case '<': return *order < 0 ? LineVerdict::held : LineVerdict::not_held;
    case '=': return *order == 0 ? LineVerdict::held : LineVerdict::not_held;
    case '>': return *order > 0 ? LineVerdict::held : LineVerdict::not_held;
    default: return LineVerdict::unreadable;
  }
}

Scheme scheme_for_name(std::string_view name) {
  struct Name {
    std::string_view text;
    Scheme scheme;
  };
  static constexpr auto others = std::to_array<Name>({
      {"apk", Scheme::apk}, {"cargo", Scheme::semver}, {"composer", Scheme::packagist}, {"deb", Scheme::dpkg},
      {"dpkg", Scheme::dpkg}, {"gem", Scheme::rubygems}, {"golang", Scheme::go}, {"pip", Scheme::pep440},
      {"suse", Scheme::rpm},
  });
  const std::string wanted = plain(name);
  if (wanted.empty()) return Scheme::none;
  for (int i = 1; i < scheme_count; ++i)
    if (plain(name_of(static_cast<Scheme>(i))) == wanted) return static_cast<Scheme>(i);
  for (const Name& n : others)
    if (n.text == wanted) return n.scheme;
  for (const std::string_view ecosystem : known_ecosystems())
    if (plain(ecosystem) == wanted) return scheme_of(ecosystem);
  return Scheme::none;
}

}  // namespace duolex::vulnerabilities
