// A settings file of the user's, read key by key; all that is wrong with it is gathered. Internal to src/workspace.
#pragma once

#include <string>
#include <vector>

#include "text/node.h"

namespace duolex::workspace {

class SettingsReader {
 public:
  explicit SettingsReader(const std::string& bytes) : bytes_(bytes) {}
  Diagnostics errors;

  void error(const text::Node& node, const std::string& message, const std::string& hint = "");
  // Whether it is a map; keys that are not `known` are errors.
  bool map(const text::Node& node, const std::vector<std::string>& known);
  // "" when it is not there.
  std::string text(const text::Node& map, const char* key, bool required = false);
  std::string word(const text::Node& node);
  int number(const text::Node& map, const char* key, int otherwise, int most);
  std::vector<std::string> words(const text::Node& map, const char* key);
  // The first line of such a file: format: 1.
  void format(const text::Node& root);

 private:
  const std::string& bytes_;
};

// Whether what goes there or comes from there goes in cipher: https, and http on this machine alone.
[[nodiscard]] bool safe_address(const std::string& url);

}  // namespace duolex::workspace
