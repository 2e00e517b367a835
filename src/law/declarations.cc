#include "law/declarations.h"

#include <algorithm>

namespace duolex::law {
namespace {

// One line without its comment; spaces become one, outside of quotes.
std::string words(const std::string& line) {
  std::string out;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (!quoted && c == '#') break;
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\' && i + 1 < line.size()) out += line[i++];
    if (!quoted && (c == ' ' || c == '\t' || c == '\r')) {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += line[i];
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

// The word that declares and the name, be it in quotes.
std::string key_of(const std::string& first) {
  const std::size_t word = first.find(' ');
  if (word == std::string::npos) return first;
  const bool quoted = word + 1 < first.size() && first[word + 1] == '"';
  const std::size_t end = quoted ? first.find('"', word + 2) : first.find(' ', word + 1);
  return first.substr(0, end == std::string::npos ? end : end + (quoted ? 1 : 0));
}

}  // namespace

std::map<std::string, std::string> declarations(const Law& law) {
  std::map<std::string, std::string> all;
  std::string* body = nullptr;
  for (const rules::SourceFile& file : law.files) {
    if (!file.path.ends_with(".law")) continue;
    body = nullptr;
    for (std::size_t at = 0; at < file.text.size();) {
      const std::size_t end = std::min(file.text.find('\n', at), file.text.size());
      const std::string line = file.text.substr(at, end - at);
      at = end + 1;
      const std::string text = words(line);
      if (text.empty()) continue;
      if (line[0] != ' ' && line[0] != '\t') {
        std::string key = key_of(text);
        for (int n = 2; all.contains(key); ++n) key = key_of(text) + " (" + std::to_string(n) + ")";
        body = &all[key];
      }
      if (body != nullptr) *body += text + "\n";
    }
  }
  return all;
}

std::vector<Declared> differences(const Law& before, const Law& after) {
  const auto was = declarations(before), is = declarations(after);
  std::vector<Declared> list;
  for (const auto& [what, text] : was) {
    const auto it = is.find(what);
    if (it == is.end()) {
      list.push_back({Declared::Change::removed, what});
    } else if (it->second != text) {
      list.push_back({Declared::Change::changed, what});
    }
  }
  for (const auto& [what, text] : is)
    if (!was.contains(what)) list.push_back({Declared::Change::added, what});
  std::sort(list.begin(), list.end(), [](const Declared& a, const Declared& b) { return a.what < b.what; });
  return list;
}

}  // namespace duolex::law
