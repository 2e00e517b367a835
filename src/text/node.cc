#include "text/node.h"

#include "text/utf8.h"

namespace duolex::text {

const Node* Node::find(std::string_view key) const {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i].text == key) return &items[i];
  return nullptr;
}

Result<Node> read_by_name(const std::string& file, const std::string& bytes, const Limits& limits) {
  return file.ends_with(".json") ? read_json(file, bytes, limits) : read_yaml(file, bytes, limits);
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::boolean: return node.boolean ? "true" : "false";
    case Node::Kind::integer: return "the number " + node.text;
    case Node::Kind::sequence: return "a list";
    case Node::Kind::mapping: return "a mapping";
    case Node::Kind::text: break;
  }
  constexpr std::size_t shown = 60;
  const std::size_t end = code_point_boundary(node.text, shown);
  return "the text '" + node.text.substr(0, end) + (end < node.text.size() ? "…" : "") + "'";
}

Diagnostic error_about(const Node& node, const std::string& bytes, const std::string& message, const std::string& hint) {
  return error_at(node.span.file, bytes, node.span.begin, node.span.end, message, hint);
}

}  // namespace duolex::text
