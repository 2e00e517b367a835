#include "facts/typed_answer.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>

#include "facts/fact_value.h"
#include "text/yaml_out.h"

namespace duolex::facts {
namespace {

using rules::Kind;
using rules::Value;

std::string trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

Failure expected(const rules::Fact& fact, const std::string& given) {
  // As a person types it; a dossier has true, false and lists in brackets.
  const std::string form = fact.type.kind == Kind::yes_no ? "yes or no" : fact.type.kind == Kind::set_of ? "words of the list or their numbers, separated by commas, or none" : expected_form(fact.type);
  return failure(error_in("", "'" + given + "' is no answer to this", "expected " + form));
}

bool is_word(std::string text, std::initializer_list<const char*> words) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(words.begin(), words.end(), text) != words.end();
}

// A word of the list, or its number counted from 1.
Value word_of(const rules::Type& type, const std::string& text) {
  const auto at = std::find(type.values.begin(), type.values.end(), text);
  if (at != type.values.end()) return at - type.values.begin();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number == 0 || number > type.values.size()) return -1;
  return static_cast<Value>(number - 1);
}

}  // namespace

Result<Value> read_typed(const rules::Fact& fact, const std::string& line) {
  const std::string text = trimmed(line);
  switch (fact.type.kind) {
    case Kind::yes_no:
      if (is_word(text, {"y", "yes", "true"})) return 1;
      if (is_word(text, {"n", "no", "false"})) return 0;
      return expected(fact, text);
    case Kind::one_of: {
      const Value value = word_of(fact.type, text);
      if (value < 0) return expected(fact, text);
      return value;
    }
    case Kind::set_of: {
      if (text == "none" || text == "[]") return 0;
      std::uint64_t mask = 0;
      for (std::size_t at = 0; at <= text.size();) {
        std::size_t end = text.find(',', at);
        if (end == std::string::npos) end = text.size();
        const Value value = word_of(fact.type, trimmed(text.substr(at, end - at)));
        if (value < 0) return expected(fact, text);
        mask |= std::uint64_t{1} << value;
        at = end + 1;
      }
      return static_cast<Value>(mask);
    }
    case Kind::date:
      if (fact.type.allows_never && text == "never") return rules::never_value;
      if (const auto day = parse_day(text)) return day->number;
      return expected(fact, text);
    case Kind::whole: {
      Value number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size() || number < 0 || number > rules::whole_max)
        return expected(fact, text);
      return number;
    }
  }
  return expected(fact, text);
}

text::Node to_node(const rules::Type& type, Value value) {
  switch (type.kind) {
    case Kind::yes_no: return text::make_boolean(value != 0);
    case Kind::whole: return text::make_integer(value);
    case Kind::set_of: {
      std::vector<text::Node> items;
      for (std::size_t i = 0; i < type.values.size(); ++i)
        if ((static_cast<std::uint64_t>(value) >> i & 1) != 0) items.push_back(text::make_text(type.values[i]));
      return text::make_list(std::move(items));
    }
    default: return text::make_text(to_text(type, value));
  }
}

}  // namespace duolex::facts
