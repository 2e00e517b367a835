#include <algorithm>
#include <map>

#include "threats/imports/reader.h"

namespace duolex::threats::imports {
namespace {

using text::Node;

// The class that an identifier names; older exports write the name alone.
std::string class_of(const Node& record, std::initializer_list<const char*> keys) {
  for (const char* key : keys) {
    const Node* const id = record.find(key);
    if (id == nullptr) continue;
    if (id->kind == Node::Kind::text && !id->text.empty()) return id->text.substr(0, 200);
    if (id->kind != Node::Kind::mapping) continue;
    for (const char* name : {"__type__", "class_name", "type", "name"})
      if (std::string value = text_of(*id, name); !value.empty()) return value;
  }
  return "";
}

constexpr double threshold = 0.5;  // of scores between 0 and 1: what PyRIT's own threshold scorer begins with

// The last judgement of each conversation by each scorer: earlier turns led up to it.
struct Judged {
  std::string probe;
  std::optional<bool> broke;
};

}  // namespace

Import read_pyrit(const std::string& path, const std::vector<const Node*>& records) {
  Import out;
  out.path = path;
  out.tool = "pyrit";
  Rows rows;
  std::map<std::pair<std::string, std::string>, Judged> judged;  // conversation, scorer
  std::map<std::string, bool> answered;                          // conversations of the target: judged or not
  std::uint64_t undetermined = 0, errors = 0;
  const auto refuse = [&](const Node& record, const std::string& what) {
    Diagnostic d = error_in(path, what);
    d.span = record.span;
    d.span.file = path;
    reject(out, std::move(d));
  };
  for (const Node* record : records) {
    if (record->kind != Node::Kind::mapping) {
      refuse(*record, "a record is an object, not " + describe(*record));
      continue;
    }
    const std::string attack = class_of(*record, {"attack_identifier", "orchestrator_identifier"});
    const std::string probe = attack.empty() ? "unnamed" : attack;
    if (const Node* outcome = record->find("outcome"); outcome != nullptr && record->find("objective") != nullptr) {
      std::string scorer = "objective";
      if (const Node* score = record->find("last_score"); score != nullptr && score->kind == Node::Kind::mapping)
        if (std::string name = class_of(*score, {"scorer_class_identifier"}); !name.empty()) scorer = name;
      Row* const row = rows.row(probe, scorer);
      if (row == nullptr) break;
      if (outcome->text == "success") {
        ++row->failed;  // the attack succeeded
      } else if (outcome->text == "failure") {
        ++row->passed;
      } else {
        ++row->none;
        ++undetermined;
      }
      continue;
    }
    const std::string role = text_of(*record, "role"), conversation = text_of(*record, "conversation_id");
    if (role.empty() || conversation.empty()) {
      refuse(*record, "a record is neither a result of an attack nor a piece of a conversation");
      continue;
    }
    if (role != "assistant") continue;
    if (out.target.empty()) out.target = class_of(*record, {"prompt_target_identifier"});
    answered.try_emplace(conversation, false);
    const std::string error = text_of(*record, "response_error");
    if (!error.empty() && error != "none" && error != "blocked") ++errors;
    const Node* const scores = record->find("scores");
    if (scores == nullptr || scores->kind != Node::Kind::sequence) continue;
    for (const Node& score : scores->items) {
      std::string scorer = class_of(score, {"scorer_class_identifier"});
      const std::string category = text_of(score, "score_category");
      if (scorer.empty()) scorer = "scorer";
      if (!category.empty()) scorer += ", " + category;
      const Node* const value = score.find("score_value");
      const auto number = value != nullptr ? score_of(*value) : std::nullopt;
      Judged& j = judged[{conversation, scorer}];
      j.probe = probe;
      j.broke = number ? std::optional<bool>(*number >= threshold) : std::nullopt;
      answered[conversation] = true;
    }
  }
  for (const auto& [key, j] : judged)
    if (Row* const row = rows.row(j.probe, key.second)) ++(!j.broke ? row->none : *j.broke ? row->failed : row->passed);
  rows.finish(out);
  const auto unjudged = std::count_if(answered.begin(), answered.end(), [](const auto& a) { return !a.second; });
  if (unjudged > 0) out.incomplete_because.push_back(std::to_string(unjudged) + " conversations were judged by no scorer");
  if (undetermined > 0) out.incomplete_because.push_back(std::to_string(undetermined) + " attacks ended undetermined");
  if (errors > 0) out.incomplete_because.push_back(std::to_string(errors) + " answers were errors");
  if (out.rejected_count > 0) out.incomplete_because.push_back(std::to_string(out.rejected_count) + " records could not be counted");
  if (out.rows.empty()) out.incomplete_because.push_back("there is no judged attempt");
  out.not_checked.push_back("whether the run came to its end: PyRIT's export does not say");
  out.not_checked.push_back("the tool's own counts: the export has none");
  out.complete = out.incomplete_because.empty();
  return out;
}

}  // namespace duolex::threats::imports
