// Reads maps of a YAML or JSON tree strictly and keeps every mistake with its place. Internal to src/incidents.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "text/node.h"

namespace duolex::incidents {

class Reader {
 public:
  Reader(const std::string& bytes, Diagnostics& errors) : bytes_(bytes), errors_(errors) {}

  void error(const text::Node& node, const std::string& message, const std::string& hint = "");

  // Whether the node is a map, and one with these keys only.
  bool map(const text::Node& node, const std::string& what, const std::vector<std::string>& known);
  // "format: 1" as the first thing that is read of a file.
  void format(const text::Node& root);
  // Missing and null are "" (an error when required); numbers and booleans are taken as they were written.
  std::string text(const text::Node& map, const std::string& key, bool required = false);
  std::string choice(const text::Node& map, const std::string& key, const std::vector<std::string>& known,
                     bool required = false);
  // Nothing when missing or null.
  std::optional<bool> flag(const text::Node& map, const std::string& key);
  std::optional<Day> day(const text::Node& map, const std::string& key, bool required = false);
  std::optional<std::int64_t> number(const text::Node& map, const std::string& key);
  // A list of text, or one text; each one of `known` unless that is empty.
  std::vector<std::string> words(const text::Node& map, const std::string& key,
                                 const std::vector<std::string>& known = {});
  // The items of a list; a missing list has none.
  const std::vector<text::Node>& items(const text::Node& map, const std::string& key);
  // A member that is a map; nullptr when missing or null.
  const text::Node* member(const text::Node& map, const std::string& key);

 private:
  const std::string& bytes_;
  Diagnostics& errors_;
};

// "a, b, c"
[[nodiscard]] std::string joined(const std::vector<std::string>& words);

}  // namespace duolex::incidents
