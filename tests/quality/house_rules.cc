#include "house_rules.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <regex>
#include <string_view>

namespace duolex::quality {
namespace {

constexpr std::size_t most_lines = 600;
constexpr std::size_t checker_lines = 1500;  // so that one person can read it whole
constexpr std::uintmax_t most_bytes = 1'000'000;

bool starts_with_any(std::string_view path, std::initializer_list<std::string_view> starts) {
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view s) { return path.starts_with(s); });
}

bool ends_with_any(std::string_view path, std::initializer_list<std::string_view> ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view s) { return path.ends_with(s); });
}

bool is_source(std::string_view path) { return ends_with_any(path, {".h", ".cc", ".law", ".ts", ".svelte"}); }

template <class Wanted>
Complaints check_lines(const Tree& tree, const std::regex& pattern, const std::string& message, Wanted wanted) {
  Complaints complaints;
  for (const TextFile& file : tree.files) {
    if (!wanted(file.path)) continue;
    std::smatch found;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.lines[i].size() > 100'000 || !std::regex_search(file.lines[i], found, pattern)) continue;
      complaints.push_back(complaint(file, i + 1, message + " '" + found.str() + "'"));
    }
  }
  return complaints;
}

// The patterns are put together so that this file does not match them itself.
std::regex any_of_words(std::initializer_list<const char*> words) {
  std::string pattern;
  for (const char* word : words) pattern += (pattern.empty() ? "\\b(" : "|") + std::string(word);
  return std::regex(pattern + ")\\b", std::regex::icase);
}

}  // namespace

Complaints check_machine_paths(const Tree& tree) {
  static const std::regex pattern("(^|[^A-Za-z0-9_.])/(work|farm|root|home/[a-z]+|tmp/" "[a-z_]+)/");
  return check_lines(tree, pattern, "a path of one machine", [](const std::string&) { return true; });
}

Complaints check_unfinished(const Tree& tree) {
  static const std::regex pattern = any_of_words({"to" "do", "fix" "me", "xx" "x", "stu" "b", "place" "holder", "not imple" "mented",
                                                  "for" " now", "ha" "ck"});
  return check_lines(tree, pattern, "unfinished:", [](const std::string& path) { return is_source(path); });
}

Complaints check_verdict_words(const Tree& tree) {
  static const std::regex pattern = any_of_words({"comp" "liant"});
  return check_lines(tree, pattern, "the program says what it checked, never", [](const std::string& path) {
    return starts_with_any(path, {"src/", "checker/", "law/", "templates/", "schemas/", "examples/", "web/"}) &&
           !path.ends_with("_test.cc");
  });
}

Complaints check_tabs(const Tree& tree) {
  static const std::regex pattern("\t");
  return check_lines(tree, pattern, "a tab", [](const std::string& path) {
    return ends_with_any(path, {".law", ".yaml", ".yml", ".h", ".cc", ".cmake", "CMakeLists.txt"});
  });
}

Complaints check_sizes(const Tree& tree) {
  Complaints complaints;
  for (const TextFile& file : tree.files)
    if (is_source(file.path) && file.lines.size() > most_lines)
      complaints.push_back(file.path + ": " + std::to_string(file.lines.size()) + " lines; " + std::to_string(most_lines) + " are the most");
  for (const std::string& path : tree.paths)
    if (const auto bytes = std::filesystem::file_size(tree.root / path); bytes > most_bytes)
      complaints.push_back(path + ": " + std::to_string(bytes) + " bytes; " + std::to_string(most_bytes) + " are the most");
  std::size_t checker = 0;
  for (const TextFile& file : tree.files)
    if (file.path.starts_with("checker/")) checker += file.lines.size();
  if (checker >= checker_lines) complaints.push_back("checker: " + std::to_string(checker) + " lines; fewer than " + std::to_string(checker_lines) + " are asked of it");
  return complaints;
}

Complaints check_built(const Tree& tree) {
  std::map<std::string, std::string> cmake;  // folder -> text of its CMake files
  const auto folder = [](const std::string& path) { return path.substr(0, path.rfind('/') + 1); };
  for (const TextFile& file : tree.files)
    if (ends_with_any(file.path, {".cmake", "CMakeLists.txt"}))
      for (const std::string& line : file.lines) cmake[folder(file.path)] += line + " ";
  Complaints complaints;
  for (const TextFile& file : tree.files) {
    if (!file.path.ends_with(".cc")) continue;
    const std::string name = file.path.substr(folder(file.path).size());
    const std::string stem = name.ends_with("_fuzz.cc") ? "duolex_fuzz(" + name.substr(0, name.size() - 8) : name;
    const std::string& text = cmake[folder(file.path)];
    std::size_t at = text.find(stem);
    // A name that only ends like this one does not count.
    while (at != std::string::npos && at > 0 && (std::isalnum(static_cast<unsigned char>(text[at - 1])) != 0 || text[at - 1] == '_'))
      at = text.find(stem, at + 1);
    if (at == std::string::npos) complaints.push_back(file.path + ": no CMake file of its folder names it");
  }
  return complaints;
}

}  // namespace duolex::quality
