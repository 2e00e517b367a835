#include "threats/campaign/table_rows.h"

#include <algorithm>
#include <cmath>

namespace duolex::threats::campaign {

using evasion::Task;

Result<tabular::Table> read_table_for(const std::string& file, const std::string& bytes, std::size_t features, const std::vector<std::string>& names) {
  auto table = tabular::read_table(file, bytes);
  if (!table) return table;
  if (table->columns != features)
    return failure(error_in(file, "has rows of " + std::to_string(table->columns) + " numbers; the model takes " + std::to_string(features)));
  if (!table->names.empty() && !names.empty() && table->names != names)
    for (std::size_t i = 0; i < features; ++i)
      if (table->names[i] != names[i] && std::find(table->names.begin(), table->names.end(), names[i]) != table->names.end())
        return failure(error_in(file, "has its columns in another order than the model: '" + names[i].substr(0, 60) + "' is feature " + std::to_string(i)));
  return table;
}

Result<std::vector<double>> read_table_labels(const Plan& plan, std::size_t model_classes, const std::string& file, const std::string& bytes, std::size_t rows) {
  const auto table = tabular::read_table(file, bytes);
  if (!table) return tl::unexpected(table.error());
  if (table->columns != 1 && table->rows != 1) return failure(error_in(file, "holds " + std::to_string(table->columns) + " numbers a row; one label for each row is needed"));
  const std::size_t classes = plan.task == Task::classes ? model_classes : 2;
  for (std::size_t i = 0; i < table->values.size(); ++i) {
    const double y = table->values[i];
    if (plan.task == Task::deviation ? !std::isfinite(y) : !(y >= 0 && y < static_cast<double>(classes) && y == std::floor(y)))
      return failure(error_in(file, "row " + std::to_string(i) + " has a label that is none of the model's: classes are numbered from 0 to " + std::to_string(classes - 1)));
  }
  if (table->values.size() != rows) return failure(error_in(file, "has " + std::to_string(table->values.size()) + " labels for " + std::to_string(rows) + " rows"));
  return table->values;
}

Result<Allowed> apply_constraints(const Plan& plan, const std::vector<std::string>& names, std::size_t features) {
  const std::string file = "constraints";
  auto applied = tabular::apply(file, plan.constraints.value_or(tabular::Constraints{}), names, features);
  if (!applied) return tl::unexpected(applied.error());
  Allowed out{std::move(*applied), {plan.norm, {}}};
  if (plan.norm != evasion::Norm::budgets) return out;
  bool any = false;
  for (const tabular::Rule& r : out.applied.features) {
    out.metric.budgets.push_back(r.budget.value_or(0));
    any = any || r.budget.value_or(0) > 0;
  }
  if (!any) return failure(error_in(file, "gives no feature a budget; --norm budgets measures changes by them"));
  return out;
}

Result<void> groups_hold(const Plan& plan, const tabular::Applied& applied, const tabular::Table& table) {
  for (std::size_t i = 0; i < table.rows; ++i)
    if (const auto group = tabular::broken_group(applied, {table.row(i), table.columns}))
      return failure(error_in(plan.inputs, "row " + std::to_string(i) + " has not exactly one 1 and else 0 in group " + std::to_string(*group) + " of one_hot"));
  return {};
}

}  // namespace duolex::threats::campaign
