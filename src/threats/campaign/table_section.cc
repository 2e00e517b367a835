#include <cmath>
#include <cstring>

#include "text/figures.h"
#include "text/plain.h"
#include "threats/array.h"
#include "threats/campaign/tree_campaign.h"

namespace duolex::threats::campaign {
namespace {

constexpr std::size_t shown = 10;

std::string value_of(double v) { return std::isnan(v) ? "missing" : text::figure(v, 7); }

}  // namespace

std::map<std::string, std::string> example_files(const TreeRun& run) {
  std::vector<double> examples, originals;
  std::vector<std::int64_t> numbers;
  std::vector<double> labels;
  for (const evasion::SampleResult& r : run.findings.results) {
    if (r.row.empty()) continue;
    examples.insert(examples.end(), r.row.begin(), r.row.end());
    originals.insert(originals.end(), run.table.row(r.number), run.table.row(r.number) + run.table.columns);
    numbers.push_back(static_cast<std::int64_t>(r.number));
    labels.push_back(run.labels[r.number]);
  }
  const std::size_t n = numbers.size();
  return {{"adversarial.npy", to_npy(array_of({n, run.table.columns}, examples))},
          {"originals.npy", to_npy(array_of({n, run.table.columns}, originals))},
          {"rows.npy", to_npy(array_of({n}, numbers))},
          {"labels.npy", to_npy(array_of({n}, labels))}};
}

std::string examples_html(const TreeRun& run) {
  std::string rows;
  std::size_t drawn = 0;
  for (const evasion::SampleResult& r : run.findings.results) {
    if (r.row.empty() || drawn == shown) continue;
    ++drawn;
    std::string changes;
    for (std::size_t f = 0; f < r.row.size(); ++f) {
      const double before = run.table.row(r.number)[f];
      if (std::memcmp(&before, &r.row[f], sizeof before) == 0 || before == r.row[f]) continue;
      const std::string name = run.findings.table && f < run.findings.table->names.size() ? run.findings.table->names[f] : std::to_string(f);
      changes += (changes.empty() ? "" : "; ") + text::escaped(name) + " from " + value_of(before) + " to " + value_of(r.row[f]);
    }
    rows += "<tr><td>" + std::to_string(r.number) + "</td><td>" + text::figure(run.labels[r.number], 7) + "</td><td>" + changes + "</td><td>" + text::figure(r.distance, 7) + "</td><td>" +
            text::escaped(r.broken_by) + "</td></tr>\n";
  }
  if (rows.empty()) return "";
  return "<p>Rows, and the change after which the model gets them wrong:</p>\n<table><thead><tr><th>row</th><th>label</th><th>change</th><th>distance</th><th>found by</th></tr>"
         "</thead><tbody>\n" + rows + "</tbody></table>\n";
}

}  // namespace duolex::threats::campaign
