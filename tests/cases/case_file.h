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

struct Expectation {
  std::string conclusion;
  rules::Status status = rules::Status::settled;
  rules::Value value = rules::unknown_value;          // settled, contested
  std::vector<rules::Value> possible;                 // unknown; empty: not checked
  std::optional<std::vector<std::string>> missing;    // unknown; sorted fact ids
  std::map<std::string, rules::Value> readings;       // contested: ambiguity -> other value
  int line = 0;
};

struct Case {
  std::string file, name, why;
  Day as_of;
  rules::FactValues facts;
  std::vector<Expectation> expect;
  int line = 0;
};

// All cases below a folder (or of one file); problems, with file:line, are added to `errors`.
[[nodiscard]] std::vector<Case> read_cases(const std::filesystem::path& where, const rules::RuleBase& base,
                                           std::vector<std::string>& errors);

// What of the case's expectations does not hold; empty when all do.
[[nodiscard]] std::vector<std::string> check(const Case& c, const rules::RuleBase& base,
                                             const std::vector<rules::Outcome>& outcomes);

// The files of a law folder, without its cases.
[[nodiscard]] std::vector<rules::SourceFile> read_law(const std::filesystem::path& folder);

}  // namespace duolex::cases
