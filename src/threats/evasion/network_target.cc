#include "threats/evasion/network_target.h"

#include <algorithm>

namespace duolex::threats::evasion {
namespace {

class NetworkOracle : public Oracle {
 public:
  NetworkOracle(const tensor::Network& network, const Normalisation& normalisation, const Form& form)
      : normalisation_(normalisation), form_(form), outputs_(network.outputs()), single_(network), double_(network) {}

  void scores(const float* x, std::size_t n, float* out) override { single_.forward(prepared(x, n, normalised_), n, out); }

  void gradients(const float* x, std::size_t n, float* out, const Cotangent& cotangent, float* by_x) override {
    const auto directions = [&](std::size_t i, const float* y, float* d) { cotangent(i, {y, outputs_}, {d, outputs_}); };
    single_.gradients(prepared(x, n, normalised_), n, out, 1, directions, by_x);
    if (normalisation_.mean.empty()) return;
    for (std::size_t i = 0; i < n * form_.size(); ++i) by_x[i] /= normalisation_.deviation[channel(i)];
  }

  void exact_scores(const float* x, std::size_t n, double* out) override {
    wide_.assign(x, x + n * form_.size());
    if (!normalisation_.mean.empty())
      for (std::size_t i = 0; i < wide_.size(); ++i)
        wide_[i] = (wide_[i] - static_cast<double>(normalisation_.mean[channel(i)])) / static_cast<double>(normalisation_.deviation[channel(i)]);
    double_.forward(wide_.data(), n, out);
  }

 private:
  [[nodiscard]] std::size_t channel(std::size_t i) const { return i / (form_.height * form_.width) % form_.channels; }

  const float* prepared(const float* x, std::size_t n, std::vector<float>& room) const {
    if (normalisation_.mean.empty()) return x;
    room.resize(n * form_.size());
    for (std::size_t i = 0; i < room.size(); ++i) room[i] = (x[i] - normalisation_.mean[channel(i)]) / normalisation_.deviation[channel(i)];
    return room.data();
  }

  const Normalisation& normalisation_;
  Form form_;
  std::size_t outputs_;
  tensor::Runner<float> single_;
  tensor::Runner<double> double_;
  std::vector<float> normalised_{};
  std::vector<double> wide_{};
};

}  // namespace

Form form_of(const tensor::Shape& shape) {
  std::size_t size = 1;
  for (const std::int64_t d : shape) size *= static_cast<std::size_t>(d);
  if (shape.size() != 4) return {1, 1, size};
  return {static_cast<std::size_t>(shape[1]), static_cast<std::size_t>(shape[2]), static_cast<std::size_t>(shape[3])};
}

std::unique_ptr<Oracle> NetworkTarget::oracle() const { return std::make_unique<NetworkOracle>(network_, normalisation_, form_); }

}  // namespace duolex::threats::evasion
