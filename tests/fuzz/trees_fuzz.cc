// Models of trees of any bytes: what is taken answers any row without a fault, and its bounds hold what it answers.
#include <cmath>
#include <cstdint>
#include <limits>

#include "demand.h"
#include "trees/regions.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const trees::Limits limits{.bytes = 1 << 20, .nodes = 20'000, .trees = 2'000, .features = 500, .outputs = 50};
  const auto e = trees::read_ensemble("f", bytes, limits);
  if (!e) {
    fuzz::demand_reasons(e.error());
    return 0;
  }
  fuzz::demand(e->outputs > 0 && e->base.size() == e->outputs && !e->roots.empty(), "an ensemble has outputs and trees");
  const trees::Regions regions(*e);
  for (const double v : {0.0, -1.0, 3.5, 1e30, std::numeric_limits<double>::quiet_NaN()}) {
    std::vector<double> x(e->features, v), raw(e->outputs), exact(e->outputs);
    trees::as_taken(*e, x);
    trees::raw_scores(*e, x, raw);
    trees::exact_scores(*e, x, exact);
    trees::Box box{std::vector<trees::Range>(e->features), std::vector<bool>(e->features, std::isnan(v))};
    for (std::size_t f = 0; f < e->features; ++f) {
      const std::uint32_t cell = std::isnan(v) ? 0 : regions.cell_of(f, x[f]);
      box.ranges[f] = {cell, std::min(cell + 1, regions.cells(f) - 1)};
    }
    const auto bound = regions.bound(box, {});
    const double there = (exact[0] - e->base[0]) * e->divisor, slack = 1e-6 * (1 + std::abs(there) + std::abs(e->base[0]) * e->divisor);
    fuzz::demand(!(there < bound.least - slack) && !(there > bound.most + slack), "a bound holds what the trees answer in its box");
  }
  return 0;
}
