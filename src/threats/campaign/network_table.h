// A campaign against a network whose rows are rows of a table: budgets, fixed features, whole numbers and groups, as for
// ensembles of trees. Not for others than tree_campaign.cc.
#pragma once

#include "threats/campaign/tree_campaign.h"

namespace duolex::threats::campaign {

// Rows are NPY or CSV in the model's own units, without missing values; they are not scaled. Attacks: "gradient" (sixteen
// ascents at once, each brought to allowed rows), and those of trees on what the network answers. Proofs: bounds over
// the smallest box around all allowed rows.
[[nodiscard]] Result<TreeRun> run_network_table(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<evasion::SampleResult>& before);
[[nodiscard]] Result<TreeRun> read_network_rows(const Plan& plan, const Files& files);
[[nodiscard]] Result<std::vector<bool>> verify_network_rows(const Plan& plan, const std::string& model_bytes, const std::vector<StoredRow>& rows, const std::vector<std::string>& names);

}  // namespace duolex::threats::campaign
