// What an attack on rows of a table asks of a model.
#pragma once

#include <span>
#include <vector>

#include "threats/tabular/space.h"

namespace duolex::threats::tabular {

// The margin by the arithmetic that the product uses and by sums in double precision. Wrong counts when both say so,
// right likewise.
struct Margins {
  double library = 0, exact = 0;
  [[nodiscard]] bool wrong() const { return library < 0 && exact < 0; }
  [[nodiscard]] bool right() const { return library >= 0 && exact >= 0; }
};

class Answers {
 public:
  virtual ~Answers() = default;
  [[nodiscard]] virtual Margins margins(std::span<const double> row) const = 0;
  [[nodiscard]] virtual double exact_margin(std::span<const double> row) const = 0;
  // Values of a feature, alone, that are worth trying within the space; empty where it cannot change.
  [[nodiscard]] virtual std::vector<double> choices(const Space& space, std::size_t feature) const = 0;
};

}  // namespace duolex::threats::tabular
