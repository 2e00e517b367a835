// The nearest row that an ensemble of trees gets wrong, or a proof that there is none.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "threats/evasion/goal.h"
#include "threats/tabular/answers.h"
#include "trees/cliques.h"

namespace duolex::threats::tabular {

// What an ensemble says of a row, held against a label.
class Judge : public Answers {
 public:
  // By reference.
  Judge(const trees::Regions& regions, const evasion::Goal& goal);

  [[nodiscard]] Margins margins(std::span<const double> row) const override;
  [[nodiscard]] double exact_margin(std::span<const double> row) const override;
  // In each cell that the feature can reach, the allowed number nearest to the sample's.
  [[nodiscard]] std::vector<double> choices(const Space& space, std::size_t feature) const override;

  // No row of the box has a margin below `least`, by any order of addition; `division`: where dividing the box would
  // help most.
  struct Bound {
    double least = 0;
    std::optional<trees::Division> division{};
  };
  [[nodiscard]] Bound bound(const trees::Box& box) const;
  // Whether leaves that cannot go together leave nothing wrong in the box (trees/cliques.h): costs more, proves more.
  [[nodiscard]] bool holds_by_cliques(const trees::Box& box, const trees::CliqueLimits& limits) const;
  [[nodiscard]] const trees::Regions& regions() const { return regions_; }
  [[nodiscard]] const evasion::Goal& goal() const { return goal_; }

 private:
  [[nodiscard]] double against(const trees::Regions::Bound& b) const;
  [[nodiscard]] double after_link(double raw) const;
  const trees::Regions& regions_;
  const trees::Ensemble& e_;
  evasion::Goal goal_;
  std::vector<double> slack_;
};

struct Example {
  std::vector<double> row;
  double distance = 0;
};

struct SearchResult {
  bool ended = true;                  // what follows is exact
  double none_below = 0;              // no row that is wrong is nearer; up to the radius of the space
  std::optional<Example> nearest{};   // the nearest that was found; exact when the search ended
  std::size_t parts = 0;
};

struct SearchLimits {
  std::size_t parts = 100'000;        // boxes looked at; does not depend on the machine
  std::function<bool()> out_of_time{};  // does
  std::size_t clique_pieces = 4096;   // of the lists by which a search that did not end is carried further; 0: it is not
};

// Best first by distance: boxes whose nearest row is nearest are divided first, so that when it stops, early or not, the
// distance it has reached is proven. `known`: an example of an attack, or nothing. The sample itself is right.
[[nodiscard]] SearchResult nearest_example(const Judge& judge, const Space& space, std::optional<Example> known, const SearchLimits& limits);

// One bound, of the space's whole box, and where that is not enough one by cliques: proven when it returns true.
[[nodiscard]] bool holds_at_once(const Judge& judge, const Space& space);

// The cells that the space's numbers lie in.
[[nodiscard]] trees::Box box_of(const trees::Regions& regions, const Space& space);

}  // namespace duolex::threats::tabular
