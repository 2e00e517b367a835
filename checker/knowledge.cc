#include "checker/law.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <sstream>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

namespace duolex::checker {
namespace {

constexpr std::size_t facts_limit = 1 << 20, nesting_limit = 100;

bool is_interval(const Type& t) { return t.kind == Kind::date || t.kind == Kind::whole; }

// A list of different values, as a mask.
bool read_mask(Type type, const Json& json, std::uint64_t& mask) {
  type.kind = Kind::choice;
  mask = 0;
  for (const Json& element : json.is_array() ? json : Json{nullptr}) {
    const std::optional<Value> v = read_value(type, element);
    if (!v || (mask >> *v & 1) != 0) return false;
    mask |= std::uint64_t{1} << *v;
  }
  return true;
}

[[noreturn]] void fail(const Source& source, const YAML::Mark& mark, const std::string& what) {
  const std::string place = ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  throw Unreadable{source.name + (mark.is_null() ? "" : place) + ": " + what};
}

// Counts documents. YAML::LoadAll finds them without end in some texts that are none.
struct Documents : YAML::EventHandler {
  int count = 0;
  void OnDocumentStart(const YAML::Mark&) override { ++count; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

// A scalar or a list of scalars.
Json json_of(const YAML::Node& node, bool in_list = false) {
  Json list = node.IsSequence() && !in_list ? Json::array() : Json();
  for (std::size_t i = 0; list.is_array() && i < node.size(); ++i) list.push_back(json_of(node[i], true));
  if (!node.IsScalar()) return list;
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

Knowledge nothing_known(const Type& t) {
  if (!is_interval(t)) return {t.all()};
  return {0, 0, t.kind == Kind::date ? first_day : 0, t.kind == Kind::date ? last_day : whole_max, t.never};
}
Knowledge exactly(const Type& t, Value v) {
  if (t.kind == Kind::choice) return {std::uint64_t{1} << v};
  if (t.kind == Kind::set) return {static_cast<std::uint64_t>(v), static_cast<std::uint64_t>(v)};
  return v == never_value ? Knowledge{0, 0, 0, -1, true} : Knowledge{0, 0, v, v};
}
bool within(const Type& t, const Knowledge& a, const Knowledge& b) {
  if (!is_interval(t)) return (a.may & ~b.may) == 0 && (b.has & ~a.has) == 0;
  return (!a.never || b.never) && (a.high < a.low || (b.low <= a.low && a.high <= b.high));
}
bool overlap(const Type& t, const Knowledge& a, const Knowledge& b) {
  if (t.kind == Kind::choice) return (a.may & b.may) != 0;
  if (t.kind == Kind::set) return ((a.has & ~b.may) | (b.has & ~a.may)) == 0;
  return (a.never && b.never) || std::max(a.low, b.low) <= std::min(a.high, b.high);
}
Count count(const Type& t, const Knowledge& k) {
  if (t.kind == Kind::choice) return static_cast<Count>(std::popcount(k.may));
  if (t.kind == Kind::set) return (k.has & ~k.may) != 0 ? 0 : static_cast<Count>(1) << std::popcount(k.may & ~k.has);
  return static_cast<Count>(k.high < k.low ? 0 : k.high - k.low + 1) + (k.never ? 1 : 0);
}

std::optional<Value> read_value(const Type& t, const Json& json) {
  if (t.yes_no) return json.is_boolean() ? std::optional<Value>(json == true ? 1 : 0) : std::nullopt;
  if (t.null && json.is_null()) return null_value;
  if (t.never && json == "never") return never_value;
  if (t.kind == Kind::date && json.is_string()) return parse_day(json.get<std::string>());
  const auto at = std::find(t.values.begin(), t.values.end(), json.is_string() ? json.get<std::string>() : "");
  if (t.kind == Kind::choice && at != t.values.end()) return at - t.values.begin();
  std::uint64_t mask = 0;
  if (t.kind == Kind::set && read_mask(t, json, mask)) return static_cast<Value>(mask);
  if (t.kind == Kind::whole && json.is_number_unsigned() && json <= whole_max) return json.get<Value>();
  return std::nullopt;
}
std::optional<Knowledge> read_knowledge(const Type& t, const Json& json) {
  Knowledge k = nothing_known(t);
  if (!json.is_object()) {
    const std::optional<Value> v = read_value(t, json);
    return v ? std::optional<Knowledge>(exactly(t, *v)) : std::nullopt;
  }
  k.never = false;
  for (const auto& [key, part] : json.items()) {
    const bool lists = t.kind == Kind::choice ? key == "one_of" : t.kind == Kind::set && (key == "has" || key == "lacks");
    const bool bounds = is_interval(t) && (key == "from" || key == "until");
    const auto value = bounds ? read_value({t.kind, false, false, false, {}}, part) : std::nullopt;
    std::uint64_t mask = 0;
    if (!value && !(lists && read_mask(t, part, mask))) return std::nullopt;
    if (lists) (key == "has" ? k.has : k.may) = key == "lacks" ? k.may & ~mask : mask;
    if (value) (key == "from" ? k.low : k.high) = *value;
  }
  return count(t, k) == 0 ? std::nullopt : std::optional<Knowledge>(k);
}

std::map<int, Value> read_facts(const Law& law, const Source& source) try {
  // yaml-cpp reads nested brackets by recursion.
  std::size_t deepest = 0, depth = 0;
  for (const char c : source.text) {
    if (c == '[' || c == '{') deepest = std::max(deepest, ++depth);
    if ((c == ']' || c == '}') && depth > 0) --depth;
  }
  if (deepest > nesting_limit || source.text.size() > facts_limit) throw Unreadable{source.name + ": nested too deeply or too large"};
  std::map<int, Value> given;
  std::istringstream text(source.text);
  YAML::Parser parser(text);
  Documents documents;
  while (documents.count < 2 && parser.HandleNextDocument(documents)) {}
  const auto top = documents.count == 1 ? entries(source, YAML::Load(source.text)) : std::map<std::string, YAML::Node>();
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
