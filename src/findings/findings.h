// Findings: law × facts → verdicts. The only module that utters one. A Findings object is the whole
// answer of `duolex decide` for one product at one day, in the terms of the interface vocabulary,
// ready to be printed by any document without looking into the engine.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/day.h"
#include "base/result.h"
#include "rules/decide.h"

namespace duolex::findings {

struct Value {
  enum class Kind { null, yes_no, word, words, date, whole } kind = Kind::null;
  bool yes = false;
  std::string word;                // one_of; date as YYYY-MM-DD or never
  std::vector<std::string> words;  // set_of, in the order of the value list
  long long whole = 0;
  bool operator==(const Value&) const = default;
};
[[nodiscard]] std::string to_text(const Value& value);  // "yes", "important_1", "a, b", "none" for {}

struct ReadingFinding {
  std::string ambiguity, reading, because;
  bool is_default = false;  // the value of the finding is its value
  bool varies = false;  // value differs between completions: see possible
  Value value;
  std::vector<Value> possible;
};

struct Finding {
  std::string conclusion, label;
  rules::Status status = rules::Status::unknown;
  Value value;  // null while unknown
  std::vector<Value> possible;
  std::vector<ReadingFinding> readings;
  std::vector<std::string> missing;  // fact ids
  std::vector<std::string> cites;    // provision ids, as numbered in the text in force on as_of
  std::vector<std::string> notes;    // ids into Findings::notes
  bool projected = false;
};

struct ShownNote {
  std::string id, text;
  std::vector<std::string> cites;
  bool surely = false;
};
struct ShownDuty {
  std::string id, text, binds, stage;
  std::string from;  // YYYY-MM-DD or empty
  std::vector<std::string> cites;
  bool surely = false;  // false: may bind, depends on unknown facts
};

struct Findings {
  Day as_of;
  std::string law_sha256;
  std::vector<Finding> conclusions;      // in the order of the vocabulary
  std::vector<std::string> assumed;      // facts taken at their default, and assume.* given
  std::vector<ShownNote> notes;
  std::vector<ShownNote> warnings;
  std::vector<ShownDuty> duties;

  [[nodiscard]] const Finding& operator[](const std::string& conclusion) const;  // aborts if unknown
  // 0 all settled, 1 some contested and none unknown, 2 some unknown.
  [[nodiscard]] int exit_code() const;
};

// How a provision is named on as_of: an earlier version of a text has its own prefix.
using CiteNames = std::function<std::string(const std::string& provision)>;

[[nodiscard]] Findings find(const rules::CompiledLaw& law, const rules::FactValues& facts,
                            const CiteNames& names);
[[nodiscard]] Findings find(rules::Decider& decider, const rules::CompiledLaw& law,
                            const rules::FactValues& facts, const CiteNames& names);

// Facts taken at their default because they are omitted, and assume.* facts that are given.
[[nodiscard]] std::vector<std::string> assumed(const rules::RuleBase& base,
                                               const rules::FactValues& facts);

// The answer of the interface, conclusions by id.
[[nodiscard]] nlohmann::ordered_json to_json(const Findings& findings);
[[nodiscard]] nlohmann::ordered_json to_json(const Finding& finding);

// The "proofs" member of an answer (docs/formats/proof.md).
[[nodiscard]] nlohmann::ordered_json prove(const rules::CompiledLaw& law,
                                           const rules::FactValues& facts, const CiteNames& names);

// One node of an explanation: a rule, its value and why. `because` holds the rules it used; facts and
// states are leaves. A split shows the cases of a fact that is not known.
struct Explanation {
  enum class Kind { rule, fact, state, split, defeated, reading } kind = Kind::rule;
  std::string id;        // rule, fact or state id
  std::string label;     // the same for people: a rule's label, a fact's question
  std::string text;      // "important_1", or what the case assumes, or why an exception failed
  std::size_t members = 0;  // of the step of a set's member: how many the set can have
  std::string by;        // "clause 2", "otherwise", … as in docs/formats/proof.md
  std::string place;     // "law/cra/class.law:41"
  std::vector<std::string> cites;
  std::vector<Explanation> because;
};
[[nodiscard]] Explanation explain(const rules::CompiledLaw& law, const rules::FactValues& facts,
                                  const std::string& conclusion, const CiteNames& names);

// Why the other values do not hold: one node for each clause that would give one, with what makes its
// condition false. Sets: the clauses of members it lacks.
[[nodiscard]] std::vector<Explanation> explain_others(const rules::CompiledLaw& law, const rules::FactValues& facts,
                                                      const std::string& conclusion, const CiteNames& names);

// Single facts whose other answer, all else equal, would give the conclusion another value. The law must
// be compiled for every product.
struct Turn {
  std::string fact;
  Value answer;  // instead of the one given
  rules::Status status = rules::Status::settled;
  Value value;   // null while unknown
};
[[nodiscard]] std::vector<Turn> what_would_change(const rules::CompiledLaw& law, const rules::FactValues& facts,
                                                  const std::string& conclusion);

}  // namespace duolex::findings
