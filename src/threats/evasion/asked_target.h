// A black box as a target: something that is asked for scores and shows nothing else. Attacks without gradients alone.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "base/result.h"
#include "threats/evasion/network_target.h"

namespace duolex::threats::evasion {

// n rows in, n rows of scores out, one row for each. Called by one thread at a time.
using Ask = std::function<Result<std::vector<float>>(const std::vector<float>& rows, std::size_t n)>;

class AskedTarget : public Target {
 public:
  AskedTarget(Form form, std::size_t outputs, Ask ask, Normalisation normalisation = {})
      : form_(form), outputs_(outputs), ask_(std::move(ask)), normalisation_(std::move(normalisation)) {}

  Form form() const override { return form_; }
  std::size_t outputs() const override { return outputs_; }
  bool has_gradient() const override { return false; }
  std::vector<std::string> flat_operators() const override { return {}; }
  // Its "exact" scores are what it answers when it is asked again: a black box has no other precision.
  std::unique_ptr<Oracle> oracle() const override;
  // Asks about one row aside: that it is not answered is no failure of the target.
  [[nodiscard]] Result<std::vector<float>> try_asking(const float* x) const;
  // Why it is asked, where it could have been looked into; "" of what never can.
  std::string because{};
  Diagnostics failure() const override;

 private:
  friend class AskedOracle;
  void scores(const float* x, std::size_t n, float* out) const;
  [[nodiscard]] std::vector<float> as_taken(const float* x, std::size_t n) const;

  Form form_;
  std::size_t outputs_;
  Ask ask_;
  Normalisation normalisation_;
  mutable std::mutex one_{};
  mutable Diagnostics failure_{};
};

// Asks for one row to learn how many scores there are.
[[nodiscard]] Result<std::shared_ptr<AskedTarget>> open_asked(Form form, const std::vector<float>& first_row, Ask ask, Normalisation normalisation = {});

}  // namespace duolex::threats::evasion
