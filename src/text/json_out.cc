#include "text/json_out.h"

#include <nlohmann/json.hpp>

namespace duolex::text {
namespace {

template <class Json>
std::string write(const Json& value, JsonLayout layout) {
  std::string text = value.dump(layout == JsonLayout::pretty ? 2 : -1, ' ', false, Json::error_handler_t::replace);
  if (layout == JsonLayout::pretty) text += '\n';
  return text;
}

}  // namespace

std::string to_json_text(const nlohmann::json& value, JsonLayout layout) { return write(value, layout); }
std::string to_json_text(const nlohmann::ordered_json& value, JsonLayout layout) { return write(value, layout); }

nlohmann::json to_json(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null: return nullptr;
    case Node::Kind::boolean: return node.boolean;
    case Node::Kind::integer: return node.integer;
    case Node::Kind::text: return node.text;
    case Node::Kind::sequence: {
      nlohmann::json list = nlohmann::json::array();
      for (const Node& item : node.items) list.push_back(to_json(item));
      return list;
    }
    case Node::Kind::mapping: break;
  }
  nlohmann::json object = nlohmann::json::object();
  for (std::size_t i = 0; i < node.items.size(); ++i) object[node.keys[i].text] = to_json(node.items[i]);
  return object;
}

}  // namespace duolex::text
