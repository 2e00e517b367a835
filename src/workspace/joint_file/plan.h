// `duolex plan`: the duty matrix of a product.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "base/day.h"
#include "base/exit_code.h"
#include "base/text_style.h"

namespace duolex::workspace {

struct PlanRequest {
  std::filesystem::path subject;  // a dossier or a facts file
  std::string role;               // empty: as the facts say; else whose checklist (see `plan_roles`)
  std::string format = "text";    // text, json, html, csv, xlsx, oscal
  std::optional<std::filesystem::path> out;  // empty: standard output
  std::string language = "en";    // of the page
  Day as_of;
  std::optional<std::filesystem::path> law;
  TextStyle style;
};

// manufacturer, importer, distributor, representative, deployer, steward.
[[nodiscard]] const std::vector<std::string>& plan_roles();

// Exit: 0 nothing open, 1 something open, 65 a dossier that cannot be read, 73 a place that cannot be written.
[[nodiscard]] ExitCode plan(const PlanRequest& request, std::ostream& out, std::ostream& err);

struct PlanCoverageRequest {
  bool json = false;
  std::string provision;  // this one and all below it, each with the sentences of what answers it; empty: all, in short
  std::optional<std::filesystem::path> law;
};
// What becomes of each provision that the rule base promises to cover (law/coverage.txt).
// Exit: 0 all are answered or said to ask for nothing, 1 some are open, 65 the law cannot be read.
[[nodiscard]] ExitCode plan_coverage(const PlanCoverageRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
