// What one test of an AI threat found, in the form in which it can serve as evidence: goal and criterion are
// fixed before the run, the measured values carry their interval, and what was not tested is said.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "threats/interval.h"

namespace duolex::threats {

// inconclusive: the test ran and its result cannot be relied upon. not_tested: it did not run, or not to its end.
enum class Verdict { met, not_met, inconclusive, not_tested };
[[nodiscard]] const char* name_of(Verdict verdict);

struct Measure {
  std::string what;                    // "robust share", "duplicate rows"
  double value = 0;
  std::optional<Interval> interval{};  // none: the value is exact
  double confidence = 0.95;            // of the interval
  std::string unit{};                  // "" for shares and counts
};

struct TestInput {
  std::string name, sha256;
};

struct TestResult {
  std::string id;         // "data.label_noise"
  std::string goal;       // what the test is for
  std::string criterion;  // what was demanded before the run
  std::vector<Measure> measured;
  Verdict verdict = Verdict::not_tested;
  std::string because;    // why this verdict
  std::vector<std::string> not_tested;
  std::vector<TestInput> inputs;        // hashes of model, data, plan, program
  std::vector<std::string> provisions;  // ids of law/provisions: AIA/art/15/5, CRA/anx/I/…
  std::vector<std::string> atlas;       // MITRE ATLAS techniques: AML.T0020
};

[[nodiscard]] nlohmann::ordered_json to_json(const TestResult& result);

// The same for people, a few lines, each ending with a newline.
[[nodiscard]] std::string to_text(const TestResult& result);

}  // namespace duolex::threats
