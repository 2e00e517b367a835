#include "vulnerabilities/csaf/check.h"

#include <algorithm>

#include "sbom/structure_check.h"
#include "vulnerabilities/csaf/checker.h"
#include "vulnerabilities/csaf/structure.h"

namespace duolex::vulnerabilities::csaf {
namespace {

constexpr sbom::Limits limits{std::size_t{64} << 20, 3'000'000, 100, 0};
constexpr std::size_t most_faults = 1000;

}  // namespace

void Report::add(const std::string& test, std::size_t begin, std::size_t end, std::string message) {
  if (faults_.size() >= most_faults) return;
  const sbom::Place place = lines_.at(begin, end);
  Diagnostic d = lines_.error(begin, end, message);
  d.span.line = place.line;
  faults_.push_back({test, std::move(message), d.span});
}

std::vector<Fault> Report::take() {
  std::stable_sort(faults_.begin(), faults_.end(), [](const Fault& a, const Fault& b) { return a.span.begin < b.span.begin; });
  return std::move(faults_);
}

std::string text(const Value value) { return value.is(sbom::Kind::text) ? value.text() : ""; }
sbom::Children items(const Value list) { return {list.is(sbom::Kind::array) ? list : Value()}; }

std::map<std::string, std::vector<std::string>> groups_of(const Value root) {
  std::map<std::string, std::vector<std::string>> out;
  for (const Value group : items(root.find("product_tree").find("product_groups"))) {
    std::vector<std::string>& ids = out[text(group.find("group_id"))];
    for (const Value id : items(group.find("product_ids"))) ids.push_back(text(id));
  }
  return out;
}

std::vector<std::string> products_of(const Value item, const std::map<std::string, std::vector<std::string>>& groups) {
  std::vector<std::string> out;
  for (const Value id : items(item.find("product_ids"))) out.push_back(text(id));
  for (const Value group : items(item.find("group_ids")))
    if (const auto found = groups.find(text(group)); found != groups.end()) out.insert(out.end(), found->second.begin(), found->second.end());
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void each_product(const Value root, const std::function<void(Value)>& visit) {
  const Value tree = root.find("product_tree");
  // Bounded by the depth of the tree.
  const std::function<void(Value)> walk = [&](const Value branch) {
    if (const Value product = branch.find("product")) visit(product);
    for (const Value next : items(branch.find("branches"))) walk(next);
  };
  for (const Value branch : items(tree.find("branches"))) walk(branch);
  for (const Value product : items(tree.find("full_product_names"))) visit(product);
  for (const Value relation : items(tree.find("relationships")))
    if (const Value product = relation.find("full_product_name")) visit(product);
}

Result<std::vector<Fault>> check(const std::string& file, const std::string& bytes) {
  const auto tree = sbom::json_tree(file, bytes, limits);
  if (!tree) return tl::unexpected(tree.error());
  const Value root = tree->root();
  if (!root.is(sbom::Kind::object)) return failure(sbom::Lines(file, bytes).error(root.begin(), root.end(), "a CSAF document is an object"));
  Report report(file, bytes);
  std::vector<sbom::Violation> violations;
  check_json(structure(), *structure().find_object("csaf"), root, violations, "csaf");
  for (const sbom::Violation& v : violations) report.add(v.rule, v.begin, v.end, v.message + (v.hint.empty() ? "" : " (" + v.hint + ")"));
  for (const auto test : {check_products, check_tracking, check_profile, check_scores, check_names}) test(root, report);
  return report.take();
}

Diagnostics shown(const std::vector<Fault>& faults) {
  Diagnostics out;
  for (const Fault& f : faults) {
    Diagnostic d;
    d.span = f.span;
    d.message = f.test + ": " + f.message;
    out.push_back(std::move(d));
  }
  return out;
}

}  // namespace duolex::vulnerabilities::csaf
