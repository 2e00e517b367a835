// A model of src/tensor as a target.
#pragma once

#include "tensor/network.h"
#include "threats/evasion/target.h"

namespace duolex::threats::evasion {

// What the user declares is done to an input in [0, 1] before the model takes it: (x − mean) / deviation for each
// channel. Empty: nothing.
struct Normalisation {
  std::vector<float> mean, deviation;
};

// Shapes [1, C, H, W] are pictures, all others rows of numbers.
[[nodiscard]] Form form_of(const tensor::Shape& shape);

class NetworkTarget : public Target {
 public:
  explicit NetworkTarget(tensor::Network network, Normalisation normalisation = {})
      : network_(std::move(network)), normalisation_(std::move(normalisation)), form_(form_of(network_.input_shape())) {}

  Form form() const override { return form_; }
  std::size_t outputs() const override { return network_.outputs(); }
  bool has_gradient() const override { return true; }
  std::vector<std::string> flat_operators() const override { return network_.flat_operators(); }
  std::unique_ptr<Oracle> oracle() const override;
  std::size_t lanes() const override { return tensor::lanes; }
  [[nodiscard]] const tensor::Network& network() const { return network_; }

 private:
  tensor::Network network_;
  Normalisation normalisation_;
  Form form_;
};

}  // namespace duolex::threats::evasion
