// What the readers of single tools share.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "text/node.h"
#include "threats/imports/report.h"

namespace duolex::threats::imports {

inline constexpr std::size_t most_lines = 2'000'000;
inline constexpr std::size_t most_rows = 10'000;

// Rows by probe and detector.
class Rows {
 public:
  // Null when there are too many.
  Row* row(const std::string& probe, const std::string& detector);
  // Sorted and mapped, each compared with what is reported of it.
  void finish(Import& import);

 private:
  std::map<std::pair<std::string, std::string>, Row> rows_;
};

// Counts it, and keeps the first hundred.
void reject(Import& import, Diagnostic diagnostic);

// Values of an object; nothing where they are absent or of another kind.
[[nodiscard]] std::string text_of(const text::Node& object, const char* key);
[[nodiscard]] std::optional<std::uint64_t> count_of(const text::Node& object, const char* key);
// A score: a number, or true and false as 1 and 0.
[[nodiscard]] std::optional<double> score_of(const text::Node& node);

// Calls `each` for the lines that are JSON objects, with their number from 1; others are rejected. Answers false
// when the last line is broken, as where writing was interrupted.
template <class Each>
bool each_line(Import& import, const std::string& bytes, Each each) {
  std::size_t at = 0;
  std::uint32_t line = 0;
  bool whole = true;
  while (at < bytes.size()) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    std::string text = bytes.substr(at, end - at);
    at = end + 1;
    ++line;
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (line > most_lines) {
      reject(import, error_in(import.path, "has more than " + std::to_string(most_lines) + " lines"));
      return false;
    }
    const auto node = text::read_json(import.path, text);
    whole = node && node->kind == text::Node::Kind::mapping;
    if (whole) {
      each(*node, line);
      continue;
    }
    Diagnostic d = node ? error_about(*node, text, "a line is a JSON object, not " + describe(*node)) : node.error().front();
    d.span.line = line;
    d.source_line.clear();
    reject(import, std::move(d));
  }
  return whole;
}

[[nodiscard]] Import read_garak(const std::string& path, const std::string& bytes);
[[nodiscard]] Import read_promptfoo(const std::string& path, const text::Node& root);
// A list of records, whose places are in `path`.
[[nodiscard]] Import read_pyrit(const std::string& path, const std::vector<const text::Node*>& records);

}  // namespace duolex::threats::imports
