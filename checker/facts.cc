#include <nlohmann/json.hpp>
#include <yaml-cpp/yaml.h>

#include "checker/evaluate.h"

namespace duolex::checker {
namespace {

[[noreturn]] void fail(const Source& source, const YAML::Mark& mark, const std::string& what) {
  const std::string place = ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  throw Unreadable{source.name + (mark.is_null() ? "" : place) + ": " + what};
}

// A scalar or a list of scalars.
Json json_of(const YAML::Node& node) {
  Json list = Json::array();
  for (std::size_t i = 0; node.IsSequence() && i < node.size(); ++i)
    list.push_back(node[i].IsScalar() ? json_of(node[i]) : Json());
  if (!node.IsScalar()) return node.IsSequence() ? list : Json();
  const std::string& text = node.Scalar();
  if (node.Tag() != "?") return text;  // quoted
  if (text == "true" || text == "false") return text == "true";
  const bool number = !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string::npos;
  return number ? Json(std::stoul(text)) : Json(text);
}

// Each key of a map once.
std::map<std::string, YAML::Node> entries(const Source& source, const YAML::Node& map) {
  std::map<std::string, YAML::Node> result;
  if (!map.IsMap()) fail(source, map.Mark(), "expected a map");
  for (const auto& entry : map)
    if (!entry.first.IsScalar() || !result.emplace(entry.first.Scalar(), entry.second).second)
      fail(source, entry.first.Mark(), "this key is no name, or stands twice");
  return result;
}

}  // namespace

std::map<int, Value> read_facts(const Law& law, const Source& source) try {
  std::map<int, Value> given;
  const std::vector<YAML::Node> documents = YAML::LoadAll(source.text);
  const auto top = documents.size() == 1 ? entries(source, documents[0]) : std::map<std::string, YAML::Node>();
  if (top.size() != 1 || !top.contains("facts")) throw Unreadable{source.name + ": expected one document with the one key 'facts'"};
  if (top.at("facts").IsNull()) return given;
  for (const auto& [id, node] : entries(source, top.at("facts"))) {
    const auto fact = law.fact_by_id.find(id);
    if (fact == law.fact_by_id.end() || law.facts[fact->second].state) fail(source, node.Mark(), "there is no fact '" + id + "'");
    const std::optional<Value> v = read_value(law.facts[fact->second].type, json_of(node));
    if (!v && !node.IsNull()) fail(source, node.Mark(), "this is no value of '" + id + "'");
    if (v) given.emplace(fact->second, *v);
  }
  return given;
} catch (const YAML::Exception& error) {
  fail(source, error.mark, error.msg);
}

}  // namespace duolex::checker
