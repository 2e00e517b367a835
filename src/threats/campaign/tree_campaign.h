// A campaign against an ensemble of trees: the same plan, results and evidence as against a network, by the means of
// threats/tabular.
#pragma once

#include <map>

#include "threats/campaign/campaign.h"
#include "threats/tabular/rows.h"

namespace duolex::threats::campaign {

// Whether a model file is one that run_trees() reads.
[[nodiscard]] bool is_trees(const std::string& model_bytes);

// Whether a plan is about rows of a table in the model's own units: trees, or anything else with budgets or constraints. Of
// a black box `model_bytes` are "".
[[nodiscard]] bool is_table(const Plan& plan, const std::string& model_bytes);

struct TreeRun {
  Findings findings;
  tabular::Table table;              // the rows, as the model takes them
  std::vector<double> labels;
};

// Like run(). Rows are NPY or CSV in the model's own units; they are not scaled and may hold missing values.
[[nodiscard]] Result<TreeRun> run_trees(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks,
                                        const std::vector<evasion::SampleResult>& before = {});

// For any is_table(). `target`: a black box, null for the model of the files.
[[nodiscard]] Result<TreeRun> run_table(const Plan& plan, const Files& files, unsigned threads, const Hooks& hooks,
                                        const std::vector<evasion::SampleResult>& before = {}, const std::shared_ptr<evasion::Target>& target = nullptr);

// Each row in evidence, its original and label, held against model and plan again: whether it is allowed and wrong.
// `names`: of the columns, where the model itself has none.
struct StoredRow {
  std::vector<double> original, example;
  double label = 0;
};
[[nodiscard]] Result<std::vector<bool>> verify_rows(const Plan& plan, const std::string& model_bytes, const std::vector<StoredRow>& rows,
                                                    const std::vector<std::string>& names, const std::shared_ptr<evasion::Target>& target = nullptr);
// The inputs and labels of a plan as run_table() takes them.
[[nodiscard]] Result<TreeRun> read_tree_rows(const Plan& plan, const Files& files, const std::shared_ptr<evasion::Target>& target = nullptr);

// The examples and their originals as NPY files, by name.
[[nodiscard]] std::map<std::string, std::string> example_files(const TreeRun& run);
// The first examples as a table of HTML: what was changed from what to what.
[[nodiscard]] std::string examples_html(const TreeRun& run);

}  // namespace duolex::threats::campaign
