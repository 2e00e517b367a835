#include "facts/facts_line.h"

#include <simdjson.h>

#include <algorithm>
#include <unordered_map>

#include "facts/fact_value.h"

namespace duolex::facts {
namespace {

using rules::Kind;
using rules::Value;
namespace dom = simdjson::dom;

constexpr std::size_t line_limit = most_of_line;

struct Choices {
  std::unordered_map<std::string_view, Value> by_word;
};

}  // namespace

struct LineReader::Inner {
  explicit Inner(const rules::RuleBase& b) : base(b) {
    for (rules::Index f = 0; f < base.facts.size(); ++f) {
      by_id.emplace(base.facts[f].id, f);
      Choices c;
      const std::vector<std::string>& values = base.facts[f].type.values;
      for (std::size_t i = 0; i < values.size(); ++i) c.by_word.emplace(values[i], static_cast<Value>(i));
      choices.push_back(std::move(c));
    }
  }

  bool word(rules::Index fact, const dom::element& element, Value& value) const {
    std::string_view text;
    if (element.get_string().get(text) != simdjson::SUCCESS) return false;
    const auto it = choices[fact].by_word.find(text);
    if (it == choices[fact].by_word.end()) return false;
    value = it->second;
    return true;
  }

  bool value_of(rules::Index fact, const dom::element& element, Value& value) const {
    const rules::Type& type = base.facts[fact].type;
    if (element.is_null()) {
      value = rules::unknown_value;
      return true;
    }
    switch (type.kind) {
      case Kind::yes_no: {
        bool b = false;
        if (element.get_bool().get(b) != simdjson::SUCCESS) return false;
        value = b ? 1 : 0;
        return true;
      }
      case Kind::one_of: return word(fact, element, value);
      case Kind::set_of: {
        dom::array list;
        if (element.get_array().get(list) != simdjson::SUCCESS) return false;
        std::uint64_t mask = 0;
        for (const dom::element item : list) {
          Value one = 0;
          if (!word(fact, item, one) || (mask >> one & 1) != 0) return false;
          mask |= std::uint64_t{1} << one;
        }
        value = static_cast<Value>(mask);
        return true;
      }
      case Kind::date: {
        std::string_view text;
        if (element.get_string().get(text) != simdjson::SUCCESS) return false;
        if (type.allows_never && text == "never") {
          value = rules::never_value;
          return true;
        }
        const auto day = parse_day(text);
        if (day) value = day->number;
        return day.has_value();
      }
      case Kind::whole: {
        std::int64_t number = 0;
        if (!element.is_int64() || element.get_int64().get(number) != simdjson::SUCCESS) return false;
        value = number;
        return number >= 0 && number <= rules::whole_max;
      }
    }
    return false;
  }

  const rules::RuleBase& base;
  std::unordered_map<std::string_view, rules::Index> by_id;
  std::vector<Choices> choices;
  dom::parser parser{line_limit};
  std::vector<bool> given;
};

LineReader::LineReader(const rules::RuleBase& base) : inner_(std::make_unique<Inner>(base)) {}
LineReader::~LineReader() = default;

bool LineReader::read(std::string_view line, rules::FactValues& facts, std::string& message) {
  Inner& in = *inner_;
  facts.assign(in.base.facts.size(), rules::unknown_value);
  if (line.size() >= line_limit) {
    message = "the line is longer than 1 MiB";
    return false;
  }
  dom::element root;
  if (const auto error = in.parser.parse(line.data(), line.size(), true).get(root); error != simdjson::SUCCESS) {
    message = std::string("this is not JSON: ") + simdjson::error_message(error);
    return false;
  }
  dom::object object, map;
  if (root.get_object().get(object) != simdjson::SUCCESS || object.size() != 1 ||
      object["facts"].get_object().get(map) != simdjson::SUCCESS) {
    message = "expected an object with the one key 'facts' and a map behind it";
    return false;
  }
  in.given.assign(in.base.facts.size(), false);
  for (const dom::key_value_pair field : map) {
    const auto it = in.by_id.find(field.key);
    if (it == in.by_id.end()) {
      std::vector<std::string> ids;
      for (const rules::Fact& fact : in.base.facts) ids.push_back(fact.id);
      const std::string near = nearest_name(std::string(field.key), ids);
      message = "there is no fact '" + std::string(field.key) + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?");
      return false;
    }
    if (in.given[it->second]) {
      message = "the fact '" + std::string(field.key) + "' is given twice";
      return false;
    }
    in.given[it->second] = true;
    if (!in.value_of(it->second, field.value, facts[it->second])) {
      message = "'" + std::string(field.key) + "' cannot have this value; expected " +
                expected_form(in.base.facts[it->second].type);
      return false;
    }
  }
  return true;
}

}  // namespace duolex::facts
