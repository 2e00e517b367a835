#include "documents/told.h"

#include <algorithm>

namespace duolex::documents {
namespace {

constexpr std::size_t longest = 2000;  // bytes; what is longer is not taken apart

bool is_figures(const std::string& text) {
  return text.find_first_of("0123456789") != std::string::npos && text.find_first_not_of("0123456789.,-+e%/ ") == std::string::npos;
}

// What may stand for a name of this kind.
bool fits(const std::string& name, const std::string& text) {
  if (text.empty()) return false;
  if (name.size() == 1 || name == "low" || name == "high" || name == "size") return is_figures(text);
  if (name == "rule" && text.find_first_of("._") == std::string::npos) return false;
  return (name != "id" && name != "rule" && name != "member") || text.find(' ') == std::string::npos;
}

Said part_of(const std::string& name, const std::string& text) {
  if (name == "what" || name == "why") return told(text);
  if (name != "list") return data(text);
  Said list = listed({});
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(", ", at), text.size());
    list.parts.push_back(told(text.substr(at, end - at)));
    at = end + 2;
  }
  return list;
}

struct Pattern {
  std::string text;
  std::vector<std::string> between;  // what stands before, between and after the names
  std::vector<std::string> names;
  std::size_t own = 0;               // characters of `between`
};

Pattern taken_apart(const std::string& text) {
  Pattern p{text, {}, names_in(text).names, 0};
  std::size_t at = 0;
  for (const std::string& name : p.names) {
    const std::size_t open = text.find("{" + name + "}", at);
    p.between.push_back(text.substr(at, open - at));
    at = open + name.size() + 2;
  }
  p.between.push_back(text.substr(at));
  for (const std::string& b : p.between) p.own += b.size();
  return p;
}

// Each piece of the pattern at its first place, the last one at the end.
bool match(const Pattern& p, const std::string& text, std::vector<std::pair<std::string, Said>>& parts) {
  parts.clear();
  const std::string &first = p.between.front(), &last = p.between.back();
  if (text.size() < p.own || !text.starts_with(first) || !text.ends_with(last)) return false;
  std::size_t at = first.size();
  for (std::size_t i = 0; i < p.names.size(); ++i) {
    const bool is_last = i + 1 == p.names.size();
    const std::size_t end = is_last ? text.size() - last.size() : text.find(p.between[i + 1], at);
    if (end == std::string::npos || end < at) return false;
    const std::string part = text.substr(at, end - at);
    if (!fits(p.names[i], part)) return false;
    parts.emplace_back(p.names[i], part_of(p.names[i], part));
    at = end + p.between[i + 1].size();
  }
  return at == text.size();
}

const std::vector<Pattern>& patterns() {
  static const std::vector<Pattern> all = [] {
    std::vector<Pattern> made;
    for (const std::string& text : told_patterns())
      if (text.find('{') != std::string::npos) made.push_back(taken_apart(text));
    std::stable_sort(made.begin(), made.end(), [](const Pattern& a, const Pattern& b) { return a.own > b.own; });
    return made;
  }();
  return all;
}

}  // namespace

Said pattern_of(const std::string& text) {
  if (text.size() > longest) return told(text);
  std::vector<std::pair<std::string, Said>> parts;
  for (const Pattern& p : patterns())
    if (match(p, text, parts)) return said(p.text, std::move(parts));
  return told(text);
}

}  // namespace duolex::documents
