#include "incidents/reader.h"

#include <algorithm>

namespace duolex::incidents {

using text::Node;

namespace {

bool absent(const Node* node) { return node == nullptr || node->kind == Node::Kind::null; }
bool scalar(const Node& node) { return node.kind != Node::Kind::sequence && node.kind != Node::Kind::mapping; }
bool contains(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::string joined(const std::vector<std::string>& words) {
  std::string list;
  for (const std::string& word : words) list += (list.empty() ? "" : ", ") + word;
  return list;
}

void Reader::error(const Node& node, const std::string& message, const std::string& hint) {
  errors_.push_back(text::error_about(node, bytes_, message, hint));
}

bool Reader::map(const Node& node, const std::string& what, const std::vector<std::string>& known) {
  if (node.kind != Node::Kind::mapping) {
    error(node, what + " is a map, not " + describe(node));
    return false;
  }
  for (const Node& key : node.keys) {
    if (contains(known, key.text)) continue;
    const std::string near = nearest_name(key.text, known);
    error(key, "unknown key '" + key.text + "'",
          near.empty() ? "one of " + joined(known) : "did you mean '" + near + "'?");
  }
  return true;
}

void Reader::format(const Node& root) {
  const Node* node = root.find("format");
  if (node == nullptr) {
    error(root, "the key 'format' is missing", "write 'format: 1' first");
  } else if (node->kind != Node::Kind::integer || node->integer != 1) {
    error(*node, "this program reads format 1, not " + describe(*node));
  }
}

std::string Reader::text(const Node& map, const std::string& key, bool required) {
  const Node* node = map.find(key);
  if (absent(node)) {
    if (required) error(node == nullptr ? map : *node, "the key '" + key + "' is missing or empty");
    return "";
  }
  if (!scalar(*node)) {
    error(*node, "'" + key + "' is " + describe(*node) + ", not text");
    return "";
  }
  if (required && node->text.empty()) error(*node, "'" + key + "' is empty");
  return node->text;
}

std::string Reader::choice(const Node& map, const std::string& key, const std::vector<std::string>& known,
                           bool required) {
  const std::string word = text(map, key, required);
  if (word.empty() || contains(known, word)) return word;
  error(*map.find(key), "'" + key + "' cannot be '" + word + "'", "one of " + joined(known));
  return "";
}

std::optional<bool> Reader::flag(const Node& map, const std::string& key) {
  const Node* node = map.find(key);
  if (absent(node)) return std::nullopt;
  if (node->kind == Node::Kind::boolean) return node->boolean;
  error(*node, "'" + key + "' is " + describe(*node) + ", not true or false", "leave it out or write null while it is open");
  return std::nullopt;
}

std::optional<Day> Reader::day(const Node& map, const std::string& key, bool required) {
  const std::string written = text(map, key, required);
  if (written.empty()) return std::nullopt;
  const auto day = parse_day(written);
  if (!day) error(*map.find(key), "'" + key + "' is '" + written + "', not a date that exists", "write YYYY-MM-DD");
  return day;
}

std::optional<std::int64_t> Reader::number(const Node& map, const std::string& key) {
  const Node* node = map.find(key);
  if (absent(node)) return std::nullopt;
  if (node->kind == Node::Kind::integer) return node->integer;
  error(*node, "'" + key + "' is " + describe(*node) + ", not a whole number");
  return std::nullopt;
}

std::vector<std::string> Reader::words(const Node& map, const std::string& key, const std::vector<std::string>& known) {
  std::vector<std::string> words;
  const Node* node = map.find(key);
  if (absent(node)) return words;
  const auto take = [&](const Node& item) {
    if (absent(&item) || !scalar(item)) {
      error(item, "an entry of '" + key + "' is " + describe(item) + ", not text");
    } else if (!known.empty() && !contains(known, item.text)) {
      error(item, "'" + key + "' cannot hold '" + item.text + "'", "one of " + joined(known));
    } else {
      words.push_back(item.text);
    }
  };
  if (node->kind == Node::Kind::sequence) {
    for (const Node& item : node->items) take(item);
  } else {
    take(*node);
  }
  return words;
}

const std::vector<Node>& Reader::items(const Node& map, const std::string& key) {
  static const std::vector<Node> none;
  const Node* node = map.find(key);
  if (absent(node)) return none;
  if (node->kind == Node::Kind::sequence) return node->items;
  error(*node, "'" + key + "' is " + describe(*node) + ", not a list");
  return none;
}

const Node* Reader::member(const Node& map, const std::string& key) {
  const Node* node = map.find(key);
  if (absent(node)) return nullptr;
  if (node->kind == Node::Kind::mapping) return node;
  error(*node, "'" + key + "' is " + describe(*node) + ", not a map");
  return nullptr;
}

}  // namespace duolex::incidents
