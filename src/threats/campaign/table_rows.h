// The rows of a table, their labels, and what may be done to them: the same for trees and networks.
#pragma once

#include "threats/campaign/plan.h"
#include "threats/tabular/rows.h"
#include "threats/tabular/space.h"

namespace duolex::threats::campaign {

// NPY or CSV with as many numbers a row as the model has features. `names`: the model's own, or empty; columns that have
// them in another order are refused.
[[nodiscard]] Result<tabular::Table> read_table_for(const std::string& file, const std::string& bytes, std::size_t features, const std::vector<std::string>& names);

// One label for each row; classes are whole numbers below `classes`.
[[nodiscard]] Result<std::vector<double>> read_table_labels(const Plan& plan, std::size_t classes, const std::string& file, const std::string& bytes, std::size_t rows);

struct Allowed {
  tabular::Applied applied;
  tabular::Metric metric;
};
[[nodiscard]] Result<Allowed> apply_constraints(const Plan& plan, const std::vector<std::string>& names, std::size_t features);

// Refuses rows that are no rows under the constraints' groups.
[[nodiscard]] Result<void> groups_hold(const Plan& plan, const tabular::Applied& applied, const tabular::Table& table);

}  // namespace duolex::threats::campaign
