#include "facts/fact_value.h"

#include <algorithm>

namespace duolex::facts {
namespace {

using rules::Kind;
using rules::Type;
using rules::Value;
using text::Node;

Diagnostic wrong(const rules::Fact& fact, const Node& node, const std::string& bytes, const std::string& what,
                 const std::string& hint = "") {
  return text::error_about(node, bytes, "'" + fact.id + "' " + what,
                           hint.empty() ? "expected " + expected_form(fact.type) : hint);
}

Result<Value> word(const rules::Fact& fact, const Node& node, const std::string& bytes) {
  if (node.kind != Node::Kind::text && node.kind != Node::Kind::integer && node.kind != Node::Kind::boolean)
    return failure(wrong(fact, node, bytes, "is " + describe(node) + ", not a word of its list"));
  const auto at = std::find(fact.type.values.begin(), fact.type.values.end(), node.text);
  if (at != fact.type.values.end()) return at - fact.type.values.begin();
  const std::string near = nearest_name(node.text, fact.type.values);
  return failure(wrong(fact, node, bytes, "cannot be '" + node.text.substr(0, 60) + "'",
                       near.empty() ? "" : "did you mean '" + near + "'?"));
}

Result<Value> words(const rules::Fact& fact, const Node& node, const std::string& bytes) {
  if (node.kind != Node::Kind::sequence)
    return failure(wrong(fact, node, bytes, "is " + describe(node) + ", not a list"));
  Diagnostics errors;
  std::uint64_t mask = 0;
  for (const Node& item : node.items) {
    const Result<Value> one = word(fact, item, bytes);
    if (!one) {
      errors.insert(errors.end(), one.error().begin(), one.error().end());
      continue;
    }
    if ((mask >> *one & 1) != 0) errors.push_back(wrong(fact, item, bytes, "names '" + item.text + "' twice", "name it once"));
    mask |= std::uint64_t{1} << *one;
  }
  if (!errors.empty()) return failure(std::move(errors));
  return static_cast<Value>(mask);
}

Result<Value> date(const rules::Fact& fact, const Node& node, const std::string& bytes) {
  if (node.kind == Node::Kind::text) {
    if (const auto day = parse_day(node.text)) return day->number;
    if (node.text == "never") {
      if (fact.type.allows_never) return rules::never_value;
      return failure(wrong(fact, node, bytes, "cannot be 'never'"));
    }
  }
  return failure(wrong(fact, node, bytes, "is " + describe(node) + ", not a date that exists"));
}

}  // namespace

std::string expected_form(const Type& type) {
  std::string list;
  for (const std::string& value : type.values) list += (list.empty() ? "" : ", ") + value;
  switch (type.kind) {
    case Kind::yes_no: return "true or false";
    case Kind::one_of: return "one of " + list;
    case Kind::set_of: return "a list of " + list + " ([] means: none)";
    case Kind::date: return std::string("a date as YYYY-MM-DD") + (type.allows_never ? ", or never" : "");
    case Kind::whole: return "a whole number from 0 to 999999999";
  }
  return "";
}

Result<Value> read_value(const rules::Fact& fact, const Node& node, const std::string& bytes) {
  if (node.kind == Node::Kind::null) return rules::unknown_value;
  switch (fact.type.kind) {
    case Kind::yes_no:
      if (node.kind == Node::Kind::boolean) return node.boolean ? 1 : 0;
      return failure(wrong(fact, node, bytes, "is " + describe(node)));
    case Kind::one_of: return word(fact, node, bytes);
    case Kind::set_of: return words(fact, node, bytes);
    case Kind::date: return date(fact, node, bytes);
    case Kind::whole:
      if (node.kind == Node::Kind::integer && node.integer >= 0 && node.integer <= rules::whole_max &&
          node.text.find_first_not_of("0123456789") == std::string::npos)
        return node.integer;
      return failure(wrong(fact, node, bytes, "is " + describe(node)));
  }
  return failure(wrong(fact, node, bytes, "cannot be read"));
}

}  // namespace duolex::facts
