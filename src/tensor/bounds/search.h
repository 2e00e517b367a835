// Looks for inputs that break a property, by projected gradient steps from many starts at once. What is found is checked
// in double precision with the rounding bounded; what is not found says nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "tensor/bounds/crown.h"
#include "tensor/bounds/property.h"

namespace duolex::tensor::bounds {

class Search {
 public:
  explicit Search(std::shared_ptr<const Prepared> prepared);

  // An input within eps of x and the domain whose label is another, or the search's end.
  [[nodiscard]] std::optional<std::vector<float>> misclassified(const float* x, std::size_t label, double eps, double domain_low,
                                                                double domain_high, std::uint64_t seed);

  // An input within the box of the cases, which is one, that satisfies one of them.
  [[nodiscard]] std::optional<std::vector<double>> satisfying(const std::vector<Case>& cases, std::uint64_t seed);

  // Enclosures of the outputs at one input: [outputs] each. Rigorous.
  void enclose(const double* x, std::vector<double>& low, std::vector<double>& high);

 private:
  std::shared_ptr<const Prepared> prepared_;
  Runner<float> runner_;
  Crown point_;
};

}  // namespace duolex::tensor::bounds
