#include "documents/said.h"

#include <algorithm>

namespace duolex::documents {

Said said(std::string pattern, std::vector<std::pair<std::string, Said>> names) {
  Said s{Said::Kind::phrase, std::move(pattern), {}, {}, {}};
  for (auto& [name, part] : names) {
    s.names.push_back(std::move(name));
    s.parts.push_back(std::move(part));
  }
  return s;
}
Said data(std::string text) { return {Said::Kind::data, std::move(text), {}, {}, {}}; }
Said on_day(Day day) { return {Said::Kind::day, {}, day, {}, {}}; }
Said listed(std::vector<Said> members, std::string separator) {
  return {Said::Kind::list, std::move(separator), {}, {}, std::move(members)};
}
Said cited(std::vector<std::string> provisions) { return {Said::Kind::cites, {}, {}, std::move(provisions), {}}; }
Said told(std::string text) { return {Said::Kind::told, std::move(text), {}, {}, {}}; }

PatternNames names_in(const std::string& pattern) {
  PatternNames found;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '{' && pattern[i] != '}') continue;
    if (i + 1 < pattern.size() && pattern[i + 1] == pattern[i]) {
      ++i;
      continue;
    }
    const std::size_t end = pattern.find_first_of("{}", i + 1);
    if (pattern[i] == '}' || end == std::string::npos || pattern[end] != '}' || end == i + 1) return {{}, false};
    found.names.push_back(pattern.substr(i + 1, end - i - 1));
    i = end;
  }
  return found;
}

std::string fault_in(const Said& s) {
  for (const Said& part : s.parts)
    if (std::string fault = fault_in(part); !fault.empty()) return fault;
  if (s.kind != Said::Kind::phrase) return "";
  const PatternNames in = names_in(s.text);
  if (!in.well_formed) return "the braces of \"" + s.text + "\" do not close";
  for (const std::string& name : in.names) {
    const auto at = std::find(s.names.begin(), s.names.end(), name);
    if (at == s.names.end() || s.parts[static_cast<std::size_t>(at - s.names.begin())].empty())
      return "'" + name + "' stands for nothing in \"" + s.text + "\"";
  }
  for (const std::string& name : s.names)
    if (std::find(in.names.begin(), in.names.end(), name) == in.names.end()) return "\"" + s.text + "\" has no '" + name + "'";
  return "";
}

}  // namespace duolex::documents
