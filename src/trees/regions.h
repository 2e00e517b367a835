// What an ensemble can answer anywhere in a box. The cuts of all splits on a feature divide its numbers into cells,
// within which no tree can tell two numbers apart; a box is a range of cells for each feature.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "trees/ensemble.h"

namespace duolex::trees {

struct Range {
  std::uint32_t low = 0, high = 0;  // cells, both included
};

struct Box {
  std::vector<Range> ranges;    // one a feature
  std::vector<bool> missing;    // such a feature is NaN throughout
};

// Where a box can be divided so that a tree becomes more certain: cells below `cell` and from it on.
struct Division {
  std::uint32_t feature = 0, cell = 0;
};

class Regions {
 public:
  // Keeps the ensemble by reference.
  explicit Regions(const Ensemble& ensemble);

  [[nodiscard]] const Ensemble& ensemble() const { return e_; }
  [[nodiscard]] std::uint32_t cells(std::size_t feature) const { return starts_[feature + 1] - starts_[feature] + 1; }
  [[nodiscard]] std::uint32_t cell_of(std::size_t feature, double x) const;
  // Cell c holds the numbers from low_of(c) up to, and without, end_of(c).
  [[nodiscard]] double low_of(std::size_t feature, std::uint32_t cell) const;
  [[nodiscard]] double end_of(std::size_t feature, std::uint32_t cell) const;

  // Cells up to and with this one lie below the cut Ensemble::cuts[cut] of some node; those above it do not.
  [[nodiscard]] std::uint32_t place_of_cut(std::uint32_t cut) const { return places_[cut]; }

  // A number of which the least value in the box is wanted: the sum over the trees of `sign` × output `one`, less
  // output `other` when there is one; before base values and divisor.
  struct Aim {
    std::size_t one = 0;
    std::optional<std::size_t> other{};
    double sign = 1;
  };
  struct Bound {
    double least = 0, most = 0;          // of the aim; additions in double precision, see rounding()
    std::optional<Division> division{};  // none: every tree is decided for this aim
  };
  // A tree's own least value may not go together with another's: a bound, exact when there is no division.
  [[nodiscard]] Bound bound(const Box& box, const Aim& aim) const;

 private:
  const Ensemble& e_;
  std::vector<double> cuts_;            // of each feature, ascending
  std::vector<std::uint32_t> starts_;   // where those of a feature begin
  std::vector<std::uint32_t> places_;   // of Ensemble::cuts: the number of the cut among those of its feature
};

}  // namespace duolex::trees
