#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "checker/law.h"

namespace duolex::checker {
namespace {

constexpr std::size_t facts_limit = 1 << 20, values_limit = 100'000;
// Words that are not quoted may be numbers or truth values. Each key of a map stands once. `left`: how many values may
// still come, since aliases can make a short text a long one.
Json json_of(const YAML::Node& node, std::size_t& left) {
  if (left-- == 0) throw YAML::RepresentationException(node.Mark(), "too many values");
  Json json = node.IsSequence() ? Json::array() : node.IsMap() ? Json::object() : Json();
  for (const auto& entry : node) {
    if (node.IsSequence()) json.push_back(json_of(entry, left));
    else if (!entry.first.IsScalar() || !json.emplace(entry.first.Scalar(), json_of(entry.second, left)).second)
      throw YAML::RepresentationException(entry.first.Mark(), "this key is no name, or stands twice");
  }
  if (!node.IsScalar()) return json;
  const std::string& text = node.Scalar();
  const bool plain = node.Tag() == "?", digits = text.find_first_not_of("0123456789") == std::string::npos;
  if (plain && (text == "true" || text == "false")) return text == "true";
  return plain && digits && !text.empty() && text.size() < 10 ? Json(std::stoul(text)) : Json(text);
}
// A list of different values, as a mask.
std::optional<Value> read_mask(Type type, const Json& json) {
  type.kind = Kind::choice;
  Value mask = 0;
  for (const Json& element : json.is_array() ? json : Json{nullptr}) {
    const std::optional<Value> v = read_value(type, element);
    if (!v || (mask >> *v & 1) != 0) return std::nullopt;
    mask |= Value{1} << *v;
  }
  return mask;
}
}  // namespace

Values Type::every() const {
  if (kind == Kind::set) return {3};
  if (kind == Kind::choice) return {~std::uint64_t{0} >> (64 - values.size())};
  return {never ? 1u : 0u, kind == Kind::date ? first_day : 0, kind == Kind::date ? last_day : whole_max};
}
Values Type::only(Value v) const {
  if (kind == Kind::choice) return {std::uint64_t{1} << v};
  return v == never_value || v == null_value ? Values{1} : Values{0, v, v};
}
Value Type::value(const Values& one) const {
  return kind == Kind::choice ? std::countr_zero(one.mask) : one.mask != 0 ? null_value : one.low;
}
Knowledge Type::known(Value v) const {
  Knowledge known(static_cast<std::size_t>(parts()), only(v));
  for (int m = 0; kind == Kind::set && m < parts(); ++m) known[m] = {std::uint64_t{1} << (v >> m & 1)};
  return known;
}
Json write_value(const Type& t, Value v) {
  if (v == null_value) return nullptr;
  if (t.kind == Kind::date) return day_text(v);
  if (t.kind == Kind::choice) return t.yes_no ? Json(v != 0) : Json(t.values[v]);
  Json list = Json::array();
  for (int m = 0; t.kind == Kind::set && m < t.parts(); ++m)
    if ((v >> m & 1) != 0) list.push_back(t.values[m]);
  return t.kind == Kind::set ? list : Json(v);
}
std::optional<Value> read_value(const Type& t, const Json& json) {
  if (t.yes_no) return json.is_boolean() ? std::optional<Value>(json == true ? 1 : 0) : std::nullopt;
  if (t.null && json.is_null()) return null_value;
  if (t.never && json == "never") return never_value;
  if (t.kind == Kind::set) return read_mask(t, json);
  if (t.kind == Kind::date && json.is_string()) return parse_day(json.get<std::string>());
  if (t.kind == Kind::whole && json.is_number_unsigned() && json <= whole_max) return json.get<Value>();
  const auto at = std::ranges::find(t.values, json.is_string() ? json.get<std::string>() : "");
  return t.kind == Kind::choice && at != t.values.end() ? std::optional<Value>(at - t.values.begin()) : std::nullopt;
}
std::optional<Knowledge> read_knowledge(const Type& t, const Json& json) {
  if (!json.is_object()) {
    const std::optional<Value> v = read_value(t, json);
    return v ? std::optional(t.known(*v)) : std::nullopt;
  }
  Knowledge known(static_cast<std::size_t>(t.parts()), t.every());
  const bool choice = t.kind == Kind::choice, set = t.kind == Kind::set, bounds = !choice && !set;
  if (bounds) known[0].mask = 0;
  for (const auto& [key, part] : json.items()) {
    if (choice ? key != "one_of" : set ? key != "has" && key != "lacks" : key != "from" && key != "until") return {};
    const auto v = bounds ? read_value(t.kind == Kind::date ? day_type : number_type, part) : read_mask(t, part);
    if (!v) return {};
    if (bounds) (key == "from" ? known[0].low : known[0].high) = *v;
    if (choice) known[0].mask = static_cast<std::uint64_t>(*v);
    for (int m = 0; set && m < t.parts(); ++m)
      if ((*v >> m & 1) != 0) known[m].mask &= key == "has" ? 2u : 1u;
  }
  return count(known) != 0 ? std::optional(known) : std::nullopt;
}
std::map<int, Values> read_facts(const Law& law, const Source& source) try {
  if (source.text.size() > facts_limit) throw Verdict{65, source.name + ": too large"};
  // YAML::Load reads the first of several documents and says nothing of the others.
  bool begun = false;
  std::istringstream lines(source.text);
  for (std::string line; std::getline(lines, line); begun = begun || !(line.empty() || line[0] == '#'))
    if (begun && (line.starts_with("---") || line.starts_with("...")))
      throw Verdict{65, source.name + ": expected one document"};
  std::size_t left = values_limit;
  const Json top = json_of(YAML::Load(source.text), left);
  const Json facts = top.is_object() && top.size() == 1 ? top.value("facts", Json(0)) : Json(0);
  if (!facts.is_object() && !facts.is_null()) throw Verdict{65, source.name + ": expected the one key 'facts', a map"};
  std::map<int, Values> given;
  for (const auto& [id, json] : facts.items()) {
    const auto fact = law.fact_by_id.find(id);
    if (fact == law.fact_by_id.end() || law.facts[fact->second.first].state)
      throw Verdict{65, source.name + ": there is no fact '" + id + "'"};
    const auto& [name, first, type] = fact->second;
    const std::optional<Value> v = read_value(type, json);
    if (!v && !json.is_null()) throw Verdict{65, source.name + ": this is no value of '" + id + "'"};
    for (int m = 0; v && m < type.parts(); ++m) given[first + m] = type.known(*v)[m];
  }
  return given;
} catch (const YAML::Exception& error) {
  throw Verdict{65, source.name + ": " + error.what()};  // with line and column
}

}  // namespace duolex::checker
