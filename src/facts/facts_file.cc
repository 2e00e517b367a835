#include "facts/facts_file.h"

#include "facts/fact_value.h"

namespace duolex::facts {
namespace {

std::vector<std::string> fact_ids(const rules::RuleBase& base) {
  std::vector<std::string> ids;
  for (const rules::Fact& fact : base.facts) ids.push_back(fact.id);
  return ids;
}

}  // namespace

Result<rules::FactValues> facts_of(const text::Node& map, const std::string& bytes, const rules::RuleBase& base) {
  rules::FactValues facts(base.facts.size(), rules::unknown_value);
  if (map.kind == text::Node::Kind::null) return facts;
  if (map.kind != text::Node::Kind::mapping)
    return failure(text::error_about(map, bytes, "'facts' is " + describe(map), "expected a map from fact id to value"));
  Diagnostics errors;
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    const std::string& id = map.keys[i].text;
    const rules::Index fact = base.fact(id);
    if (fact == rules::no_index) {
      const std::string near = nearest_name(id, fact_ids(base));
      errors.push_back(text::error_about(map.keys[i], bytes, "there is no fact '" + id + "'",
                                         near.empty() ? "" : "did you mean '" + near + "'?"));
      continue;
    }
    const Result<rules::Value> value = read_value(base.facts[fact], map.items[i], bytes);
    if (value) {
      facts[fact] = *value;
    } else {
      errors.insert(errors.end(), value.error().begin(), value.error().end());
    }
  }
  if (!errors.empty()) return failure(std::move(errors));
  return facts;
}

Result<rules::FactValues> read_facts(const std::string& file, const std::string& bytes, const rules::RuleBase& base) {
  const Result<text::Node> root = text::read_by_name(file, bytes);
  if (!root) return tl::unexpected(root.error());
  if (root->kind != text::Node::Kind::mapping)
    return failure(text::error_about(*root, bytes, "a facts file holds one map with the key 'facts', not " + describe(*root)));
  Diagnostics errors;
  for (const text::Node& key : root->keys)
    if (key.text != "facts")
      errors.push_back(text::error_about(key, bytes, "unknown key '" + key.text + "'", "the one top key is 'facts'"));
  const text::Node* map = root->find("facts");
  if (map == nullptr) {
    errors.push_back(text::error_about(*root, bytes, "the key 'facts' is missing"));
    return failure(std::move(errors));
  }
  Result<rules::FactValues> facts = facts_of(*map, bytes, base);
  if (!facts) errors.insert(errors.end(), facts.error().begin(), facts.error().end());
  if (!errors.empty()) return failure(std::move(errors));
  return facts;
}

}  // namespace duolex::facts
