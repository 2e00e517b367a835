#include "workspace/system/settings_reader.h"

#include <algorithm>

namespace duolex::workspace {

using text::Node;

void SettingsReader::error(const Node& node, const std::string& message, const std::string& hint) { errors.push_back(error_about(node, bytes_, message, hint)); }

bool SettingsReader::map(const Node& node, const std::vector<std::string>& known) {
  if (node.kind != Node::Kind::mapping) {
    error(node, "this is " + describe(node) + ", and should be a map");
    return false;
  }
  for (const Node& key : node.keys) {
    if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
    const std::string near = nearest_name(key.text, known);
    error(key, "'" + key.text + "' is not known here", near.empty() ? "" : "did you mean '" + near + "'?");
  }
  return true;
}

std::string SettingsReader::text(const Node& map, const char* key, bool required) {
  const Node* node = map.find(key);
  if (node == nullptr || node->kind == Node::Kind::null) {
    if (required) error(map, std::string("'") + key + "' is missing");
    return "";
  }
  return word(*node);
}

std::string SettingsReader::word(const Node& node) {
  const bool control = std::any_of(node.text.begin(), node.text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
  if (node.kind == Node::Kind::mapping || node.kind == Node::Kind::sequence || node.text.empty() || control) {
    error(node, "this should be text on one line");
    return "";
  }
  return node.text;
}

int SettingsReader::number(const Node& map, const char* key, int otherwise, int most) {
  const Node* node = map.find(key);
  if (node == nullptr) return otherwise;
  if (node->kind != Node::Kind::integer || node->integer < 1 || node->integer > most) {
    error(*node, std::string("'") + key + "' is a number from 1 to " + std::to_string(most));
    return otherwise;
  }
  return static_cast<int>(node->integer);
}

std::vector<std::string> SettingsReader::words(const Node& map, const char* key) {
  std::vector<std::string> out;
  const Node* node = map.find(key);
  if (node == nullptr) return out;
  if (node->kind != Node::Kind::sequence || node->items.empty()) error(*node, std::string("'") + key + "' is a list of words");
  else
    for (const Node& item : node->items) out.push_back(word(item));
  return out;
}

void SettingsReader::format(const Node& root) {
  const Node* format = root.find("format");
  if (format == nullptr || format->kind != Node::Kind::integer || format->integer != 1) error(format == nullptr ? root : *format, "the file begins with format: 1");
}

bool safe_address(const std::string& url) {
  if (url.starts_with("https://")) return url.size() > 8;
  for (const char* own : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
    if (url.starts_with(own)) {
      const std::string rest = url.substr(std::string(own).size());
      // "localhost:80@elsewhere" is elsewhere.
      return rest.substr(0, rest.find_first_of("/?#")).find('@') == std::string::npos && (rest.empty() || rest[0] == ':' || rest[0] == '/');
    }
  return false;
}

}  // namespace duolex::workspace
