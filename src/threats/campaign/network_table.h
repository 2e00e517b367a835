// A campaign against a network, or what can only be asked, whose rows are rows of a table: budgets, fixed features, whole
// numbers and groups, as for ensembles of trees. Not for others than tree_campaign.cc.
#pragma once

#include "threats/campaign/tree_campaign.h"

namespace duolex::threats::campaign {

// Rows are NPY or CSV in the model's own units, without missing values, as f32; they are not scaled. Attacks: "gradient"
// (sixteen ascents at once, each brought to allowed rows; not on what can only be asked), and those of trees on what is
// answered. Proofs, of networks: bounds over the smallest box around all allowed rows. `target`: a black box or a
// model in libtorch, null for the model of the files.
[[nodiscard]] Result<TreeRun> run_network_table(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks, const std::vector<evasion::SampleResult>& before,
                                                const std::shared_ptr<evasion::Target>& target);
[[nodiscard]] Result<TreeRun> read_network_rows(const Plan& plan, const Files& files, const std::shared_ptr<evasion::Target>& target);
[[nodiscard]] Result<std::vector<bool>> verify_network_rows(const Plan& plan, const std::string& model_bytes, const std::vector<StoredRow>& rows, const std::vector<std::string>& names,
                                                            const std::shared_ptr<evasion::Target>& target);

}  // namespace duolex::threats::campaign
