// The result of a campaign for programs, for a terminal and for the report. docs/formats/probe-model.md.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "threats/campaign/campaign.h"
#include "threats/result.h"

namespace duolex::threats::campaign {

// What a result is bound to.
struct Provenance {
  std::string program_version, program_sha256, instruction_set;
  std::string plan_sha256, model_sha256, inputs_sha256, labels_sha256;
  unsigned threads = 1;
  unsigned interruptions = 0;
  std::vector<std::string> confinement;  // of the process that opened the files: "no network (seccomp)", …
};

struct Decision {
  std::string verdict;  // met, not_met, inconclusive, not_tested, or measured where no criterion was set
  std::string because;
};
// met: even the low end of the interval of the attacked count reaches the demanded share; not_met: not even its high
// end does. Any sign of masked gradients, or an interrupted run, makes it inconclusive.
[[nodiscard]] Decision decide(const Plan& plan, const Findings& findings);

[[nodiscard]] nlohmann::ordered_json result_json(const Plan& plan, const Findings& findings, const Provenance& provenance);
[[nodiscard]] std::string result_text(const nlohmann::ordered_json& result);
// The form that all tests of threats share.
[[nodiscard]] TestResult as_test_result(const nlohmann::ordered_json& result);

// The first examples for a report elsewhere: number, label, attack, distance, and as PNG in base64 the sample, the change
// and the example. Empty where inputs are no pictures.
[[nodiscard]] nlohmann::ordered_json pictures_json(const Rows& rows, const std::vector<evasion::SampleResult>& results);

// A section of HTML: the bracket, the curve as SVG, the first examples as pictures beside their originals.
[[nodiscard]] std::string result_html(const nlohmann::ordered_json& result, const Plan& plan, const Rows& rows, const std::vector<evasion::SampleResult>& results);

}  // namespace duolex::threats::campaign
