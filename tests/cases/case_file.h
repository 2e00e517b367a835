// Worked cases (law/cases/**): products with the conclusions that the text of the law gives them.
// docs/formats/cases.md describes the files.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rules/decide.h"

namespace duolex::cases {

struct WantedReading {
  rules::Value value = rules::unknown_value;  // unknown: differs between completions, see possible
  std::vector<rules::Value> possible;         // sorted
};

struct Expectation {
  std::string conclusion;
  rules::Status status = rules::Status::settled;
  rules::Value value = rules::unknown_value;          // settled, contested
  std::vector<rules::Value> possible;                 // unknown; empty: not checked
  std::optional<std::vector<std::string>> missing;    // unknown; sorted fact ids
  // contested: ambiguity -> what its other reading gives; all of them, unless the case is silent
  std::optional<std::map<std::string, WantedReading>> readings;
  std::optional<std::vector<std::string>> cites;      // exactly the provisions that the value rests on; sorted
  int line = 0;
};

struct Case {
  std::string file, name, why;
  std::vector<std::string> like;  // the products it starts from
  Day as_of;
  rules::FactValues facts;
  std::vector<Expectation> expect;
  std::vector<rules::Index> notes, no_notes;         // shown for certain, not shown at all
  std::vector<rules::Index> warnings, no_warnings;   // given for certain, not given at all
  std::vector<rules::Index> duties, may_bind, no_duties;  // bind for certain, for some answers only, not at all
  std::vector<rules::Index> items, no_items;              // what documents hold for certain, and what they do not
  // whom they bind -> all that bind it for certain, sorted; nothing else may bind it
  std::map<std::string, std::vector<rules::Index>> binds_exactly;
  int line = 0;
};

// All cases below a folder (or of one file); problems, with file:line, are added to `errors`.
[[nodiscard]] std::vector<Case> read_cases(const std::filesystem::path& where, const rules::RuleBase& base,
                                           std::vector<std::string>& errors);

// What of the case's expectations about conclusions does not hold; empty when all do.
[[nodiscard]] std::vector<std::string> check(const Case& c, const rules::RuleBase& base,
                                             const std::vector<rules::Outcome>& outcomes);

// The same of its expectations about notes and warnings.
[[nodiscard]] std::vector<std::string> check_notes(const Case& c, const rules::RuleBase& base, rules::Decider& decider);

// The same of its expectations about duties; by_duty: whether each of the law's duties binds.
[[nodiscard]] std::vector<std::string> check_items(const Case& c, const rules::RuleBase& base,
                                                   const std::vector<rules::Decider::Holds>& by_item);
[[nodiscard]] std::vector<std::string> check_duties(const Case& c, const rules::RuleBase& base,
                                                    const std::vector<rules::Decider::Holds>& by_duty);

// The files of a law folder, without its cases.
[[nodiscard]] std::vector<rules::SourceFile> read_law(const std::filesystem::path& folder);

}  // namespace duolex::cases
