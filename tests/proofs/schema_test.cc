// What `decide --format json --proofs` writes is as schemas/answer.schema.json says. The test reads the part of JSON
// Schema that the file uses, and fails on a word it does not know: nothing in the schema goes unread.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "products.h"

namespace duolex::proofs {
namespace {

using Json = nlohmann::json;

Json schema() {
  std::ifstream in(std::string(DUOLEX_SOURCE_DIR) + "/schemas/answer.schema.json");
  return Json::parse(in);
}

class Validator {
 public:
  explicit Validator(const Json& schema) : schema_(schema) {}

  // What does not fit, with its place; empty when all does.
  std::string check(const Json& value, const Json& by, const std::string& at = "") {
    for (const auto& [word, rule] : by.items()) {
      const std::string wrong = check_word(word, value, rule, by, at);
      if (!wrong.empty()) return wrong;
    }
    return "";
  }

 private:
  static bool is_type(const Json& value, const std::string& type) {
    if (type == "integer") return value.is_number_integer();
    return type == value.type_name();
  }
  const std::regex& pattern(const std::string& text) {
    return patterns_.try_emplace(text, text).first->second;
  }

  std::string check_word(const std::string& word, const Json& value, const Json& rule, const Json& by, const std::string& at) {
    static const std::set<std::string> silent = {"$schema", "$id", "$defs", "title", "description", "then", "else", "properties"};
    const auto fail = [&](const std::string& what) { return at + ": " + what + ": " + value.dump().substr(0, 80); };
    if (word == "properties" && value.is_object()) {
      for (const auto& [key, inner] : rule.items())
        if (value.contains(key))
          if (const std::string wrong = check(value[key], inner, at + "/" + key); !wrong.empty()) return wrong;
    } else if (silent.contains(word)) {
      return "";
    } else if (word == "$ref") {
      return check(value, schema_["$defs"][rule.get<std::string>().substr(8)], at);
    } else if (word == "type") {
      const Json types = rule.is_array() ? rule : Json::array({rule});
      if (std::none_of(types.begin(), types.end(), [&](const Json& t) { return is_type(value, t); })) return fail("another type");
    } else if (word == "const") {
      if (value != rule) return fail("is not " + rule.dump());
    } else if (word == "enum") {
      if (std::find(rule.begin(), rule.end(), value) == rule.end()) return fail("is none of " + rule.dump());
    } else if (word == "pattern") {
      if (value.is_string() && !std::regex_search(value.get<std::string>(), pattern(rule))) return fail("not of the form");
    } else if (word == "required") {
      for (const Json& key : rule)
        if (value.is_object() && !value.contains(key)) return fail("lacks " + key.dump());
    } else if (word == "additionalProperties") {
      const Json object = value.is_object() ? value : Json::object();
      for (const auto& [key, inner] : object.items()) {
        if (by.contains("properties") && by["properties"].contains(key)) continue;
        if (rule == false) return fail("has " + key);
        if (const std::string wrong = check(inner, rule, at + "/" + key); !wrong.empty()) return wrong;
      }
    } else if (word == "items") {
      for (std::size_t i = 0; value.is_array() && i < value.size(); ++i)
        if (const std::string wrong = check(value[i], rule, at + "/" + std::to_string(i)); !wrong.empty()) return wrong;
    } else if (word == "uniqueItems") {
      if (value.is_array() && std::set<Json>(value.begin(), value.end()).size() != value.size()) return fail("one stands twice");
    } else if (word == "minItems" || word == "maxItems") {
      if (value.is_array() && (word == "minItems" ? value.size() < rule : value.size() > rule)) return fail(word);
    } else if (word == "minProperties") {
      if (value.is_object() && value.size() < rule) return fail(word);
    } else if (word == "minLength") {
      if (value.is_string() && value.get<std::string>().size() < rule) return fail(word);
    } else if (word == "minimum") {
      if (value.is_number() && value < rule) return fail(word);
    } else if (word == "allOf" || word == "anyOf" || word == "oneOf") {
      std::size_t fit = 0;
      std::string last;
      for (const Json& one : rule) {
        const std::string wrong = check(value, one, at);
        wrong.empty() ? void(++fit) : void(last = wrong);
      }
      const bool right = word == "allOf" ? fit == rule.size() : word == "anyOf" ? fit > 0 : fit == 1;
      if (!right) return last.empty() ? fail(word) : last;
    } else if (word == "if") {
      const char* branch = check(value, rule, at).empty() ? "then" : "else";
      if (by.contains(branch)) return check(value, by[branch], at);
    } else {
      return "the schema's word '" + word + "' is not read here";
    }
    return "";
  }

  const Json& schema_;
  std::map<std::string, std::regex> patterns_;
};

TEST(Schema, FitsAnswersWithAndWithoutProofs) {
  const Json by = schema();
  Validator validator(by);
  std::vector<Product> products = examples();
  for (Product& p : empty_products()) products.push_back(std::move(p));
  for (Product& p : random_products(24, 11)) products.push_back(std::move(p));
  for (const Product& product : products) {
    Json answer = Json::parse(answer_of(product).dump());
    EXPECT_EQ(validator.check(answer, by), "") << product.name;
    answer.erase("proofs");
    EXPECT_EQ(validator.check(answer, by), "") << product.name;
  }
}

TEST(Schema, RefusesWhatIsNoAnswer) {
  const Json by = schema(), answer = Json::parse(answer_of(examples()[0]).dump());
  Validator validator(by);
  using Pointer = Json::json_pointer;
  const std::vector<std::pair<Pointer, Json>> changes = {
      {Pointer("/as_of"), "tomorrow"},
      {Pointer("/law_sha256"), "abc"},
      {Pointer("/conclusions/cra.class/status"), "certain"},
      {Pointer("/conclusions/cra.class/missing"), Json::array({"product.foss"})},
      {Pointer("/conclusions/cra.class/possible"), Json::array()},
      {Pointer("/conclusions/cra.class/projected"), false},
      {Pointer("/conclusions/cra.class/sure"), true},
      {Pointer("/proofs/format"), 2},
      {Pointer("/proofs/steps/cra.class/by"), "a hunch"},
      {Pointer("/proofs/steps/cra.class/uses"), Json::array()},
      {Pointer("/proofs/conclusions/cra.class/tree"), "leaf"},
      {Pointer("/proofs/hints"), Json::object()},
  };
  for (const auto& [at, value] : changes) {
    Json changed = answer;
    changed[at] = value;
    EXPECT_NE(validator.check(changed, by), "") << at.to_string();
  }
  Json without = answer;
  without.erase("conclusions");
  EXPECT_NE(validator.check(without, by), "");
}

}  // namespace
}  // namespace duolex::proofs
