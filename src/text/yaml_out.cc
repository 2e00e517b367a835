#include "text/yaml_out.h"

#include <algorithm>
#include <array>

#include "base/day.h"
#include "text/builder.h"

namespace duolex::text {
namespace {

constexpr std::size_t widest_list = 90;

bool is_collection(const Node& node) {
  return node.kind == Node::Kind::sequence || node.kind == Node::Kind::mapping;
}

bool is_word_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

// Whether every YAML reader takes the bare words for this text.
bool is_plain(const std::string& text) {
  static constexpr std::array others = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  if (text.empty() || text.size() > 200 || text.back() == ' ') return false;
  if (parse_day(text)) return true;
  if (!is_word_character(text[0]) || (text[0] >= '0' && text[0] <= '9')) return false;
  for (const char c : text)
    if (!is_word_character(c) && std::string_view(" ./@+()-").find(c) == std::string_view::npos) return false;
  return std::find(others.begin(), others.end(), lower(text)) == others.end();
}

std::string quoted(const std::string& text) {
  static const char* const digits = "0123456789abcdef";
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[i];
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c < 0x20 || c == 0x7f) {
      out += std::string("\\x") + digits[c >> 4] + digits[c & 15];
    } else if (c == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      const auto control = static_cast<unsigned char>(text[++i]);  // U+0080 to U+009F
      out += std::string("\\x") + digits[control >> 4] + digits[control & 15];
    } else if (text.compare(i, 3, "\xef\xbb\xbf") == 0) {
      out += "\\ufeff";
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out + "\"";
}

std::string written(const std::string& text) { return is_plain(text) ? text : quoted(text); }

std::string scalar(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "null";
    case Node::Kind::boolean: return node.boolean ? "true" : "false";
    case Node::Kind::integer: return std::to_string(node.integer);
    default: return written(node.text);
  }
}

}  // namespace

Node make_null() { return {}; }

Node make_boolean(bool value) {
  Node node;
  node.kind = Node::Kind::boolean;
  node.boolean = value;
  node.text = value ? "true" : "false";
  return node;
}

Node make_integer(std::int64_t value) {
  Node node;
  node.kind = Node::Kind::integer;
  node.integer = value;
  node.text = std::to_string(value);
  return node;
}

Node make_text(std::string value) {
  Node node;
  node.kind = Node::Kind::text;
  node.text = std::move(value);
  return node;
}

Node make_list(std::vector<Node> items) {
  Node node;
  node.kind = Node::Kind::sequence;
  node.style = Style::flow;
  node.items = std::move(items);
  return node;
}

Node make_mapping(std::vector<std::pair<std::string, Node>> members) {
  Node node;
  node.kind = Node::Kind::mapping;
  node.style = Style::block;
  for (auto& [key, value] : members) {
    node.keys.push_back(make_text(std::move(key)));
    node.items.push_back(std::move(value));
  }
  return node;
}

bool fits_one_line(const Node& node) {
  if (!is_collection(node) || node.items.empty()) return true;
  return node.kind == Node::Kind::sequence && std::none_of(node.items.begin(), node.items.end(), is_collection) &&
         to_inline_yaml(node).size() <= widest_list;
}

std::string to_inline_yaml(const Node& node) {
  if (!is_collection(node)) return scalar(node);
  const bool mapping = node.kind == Node::Kind::mapping;
  std::string out = mapping ? "{" : "[";
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) out += ", ";
    if (mapping) out += written(node.keys[i].text) + ": ";
    out += to_inline_yaml(node.items[i]);
  }
  return out + (mapping ? "}" : "]");
}

std::string to_yaml_member(const std::string& key, const Node& value, std::size_t indent) {
  if (fits_one_line(value)) return written(key) + ": " + to_inline_yaml(value);
  return written(key) + ":\n" + std::string(indent + 2, ' ') + to_yaml(value, indent + 2);
}

std::string to_yaml(const Node& node, std::size_t indent) {
  if (fits_one_line(node)) return to_inline_yaml(node);
  std::string out;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (i > 0) out += "\n" + std::string(indent, ' ');
    out += node.kind == Node::Kind::mapping ? to_yaml_member(node.keys[i].text, node.items[i], indent)
                                            : "- " + to_yaml(node.items[i], indent + 2);
  }
  return out;
}

bool same_value(const Node& a, const Node& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size()) return false;
  switch (a.kind) {
    case Node::Kind::null: return true;
    case Node::Kind::boolean: return a.boolean == b.boolean;
    case Node::Kind::integer: return a.integer == b.integer;
    case Node::Kind::text: return a.text == b.text;
    default: break;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (a.kind == Node::Kind::mapping && a.keys[i].text != b.keys[i].text) return false;
    if (!same_value(a.items[i], b.items[i])) return false;
  }
  return true;
}

}  // namespace duolex::text
