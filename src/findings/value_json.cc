#include "findings/value_json.h"

#include <nlohmann/json.hpp>

namespace duolex::findings {

Value value_of(const rules::Type& type, rules::Value value) {
  Value v;
  if (value == rules::null_value || value == rules::unknown_value) return v;
  switch (type.kind) {
    case rules::Kind::yes_no:
      v.kind = Value::Kind::yes_no;
      v.yes = value != 0;
      break;
    case rules::Kind::one_of:
      v.kind = Value::Kind::word;
      v.word = type.values[static_cast<std::size_t>(value)];
      break;
    case rules::Kind::set_of:
      v.kind = Value::Kind::words;
      for (std::size_t i = 0; i < type.values.size(); ++i)
        if ((static_cast<std::uint64_t>(value) >> i & 1) != 0) v.words.push_back(type.values[i]);
      break;
    case rules::Kind::date:
      v.kind = Value::Kind::date;
      v.word = to_text(type, value);
      break;
    case rules::Kind::whole:
      v.kind = Value::Kind::whole;
      v.whole = value;
      break;
  }
  return v;
}

nlohmann::ordered_json to_json(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null: return nullptr;
    case Value::Kind::yes_no: return value.yes;
    case Value::Kind::word:
    case Value::Kind::date: return value.word;
    case Value::Kind::words: return value.words;
    case Value::Kind::whole: return value.whole;
  }
  return nullptr;
}

std::string to_text(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null: return "none";
    case Value::Kind::yes_no: return value.yes ? "yes" : "no";
    case Value::Kind::word:
    case Value::Kind::date: return value.word;
    case Value::Kind::whole: return std::to_string(value.whole);
    case Value::Kind::words: {
      std::string text;
      for (const std::string& word : value.words) text += (text.empty() ? "" : ", ") + word;
      return text.empty() ? "none" : text;
    }
  }
  return "";
}

nlohmann::ordered_json to_json(const rules::Type& type, rules::Value value) { return to_json(value_of(type, value)); }

}  // namespace duolex::findings
