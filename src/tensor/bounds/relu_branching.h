// Proves that a row of the outputs is positive over a box by splitting Relus: in one part a Relu's input is at least 0,
// in the other at most 0. Parts are bounded sixteen at a time; slopes and multipliers are improved by gradient steps,
// which can make a bound better or worse but never wrong.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "tensor/bounds/crown.h"

namespace duolex::tensor::bounds {

class ReluBranching {
 public:
  explicit ReluBranching(std::shared_ptr<const Prepared> prepared);

  // Takes over box, bounds and root of a Crown after refine(true); limits hold for all prove() until the next start.
  void start(const Crown& root, std::size_t most_parts, std::function<bool()> out_of_time);
  // True: row . outputs > threshold over the whole box. False: not proven within the limits.
  [[nodiscard]] bool prove(const std::vector<double>& row, double threshold = 0);
  [[nodiscard]] std::size_t parts() const { return parts_; }
  [[nodiscard]] double rounding() const { return crown_.rounding(); }

 private:
  struct Cut {
    std::uint32_t neuron;  // index into neurons_
    float sign;            // +1: the input is at least 0
    float weight;          // its multiplier
  };
  struct Part {
    std::vector<Cut> cuts;
    std::vector<float> slopes;  // of the lower lines, by neuron
    double bound = 0;
  };
  struct Neuron {
    std::size_t step;
    std::int32_t feature;
  };
  void load(const std::vector<Part>& parts);
  void improve(std::vector<Part>& parts, const std::vector<double>& rows, int rounds);
  // The neuron to split for each part, from the state improve() left; no_neuron where there is none.
  [[nodiscard]] std::vector<std::uint32_t> choose(const std::vector<Part>& parts, const std::vector<double>& rows);
  [[nodiscard]] bool over() const { return parts_ >= most_parts_ || (out_of_time_ && out_of_time_()); }

  std::shared_ptr<const Prepared> prepared_;
  Crown crown_;
  std::vector<Neuron> neurons_;        // the Relus whose sign is open over the box
  Lines root_lines_;                   // of neurons_, one lane
  double threshold_ = 0;
  std::size_t parts_ = 0, most_parts_ = 0;
  std::function<bool()> out_of_time_;
};

}  // namespace duolex::tensor::bounds
