// Two groups within a class: how far they stand apart, and whether one of them varies as other classes do.
#pragma once

#include <vector>

#include "threats/data/matrix.h"

namespace duolex::threats::data {

using Side = std::vector<bool>;  // of each row of the class: in the group or not

struct Groups {
  Side in;
  double separation = 0;  // gap of the means along the direction that tells them apart, against both widths, out of sample
  double spread = 0;      // variance of the group where other classes differ from each other, against that of the rest
  [[nodiscard]] double score() const { return separation * spread; }
};

// A class among the others. All in the same coordinates.
struct ClassInContext {
  Matrix rows;                    // of the class
  Matrix others;                  // means of the other classes, a row each
  Matrix within;                  // sum over all rows of other classes of what they differ from their class's mean: xxᵀ
  std::size_t other_rows = 0;
};

// The two groups of the class that score highest. Empty when there are none.
[[nodiscard]] Groups find_groups(const ClassInContext& c);

// Of `candidates`, rows of `z`, those that lie on the group's side of the direction that tells the groups apart; the groups are
// those of the rows `known`.
[[nodiscard]] std::vector<std::size_t> assigned(const Matrix& z, const std::vector<std::size_t>& known, const Side& in, const std::vector<std::size_t>& candidates);

// Adds a share of the mean variance to each direction.
void add_ridge(Matrix& m, double share);

}  // namespace duolex::threats::data
