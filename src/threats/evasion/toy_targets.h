// Functions with known robustness, for tests.
#pragma once

#include <cmath>
#include <vector>

#include "threats/evasion/target.h"

namespace duolex::threats::evasion::toy {

// scores = W x + b, by hand in either precision. What is attacked can be spoilt in ways that real models are.
class Linear : public Target {
 public:
  enum class Spoilt { no, rounded };  // rounded: the input is rounded to halves first, so every gradient is zero
  Linear(std::vector<std::vector<float>> w, std::vector<float> b, Form shape, Spoilt spoilt = Spoilt::no)
      : w_(std::move(w)), b_(std::move(b)), form_(shape), spoilt_(spoilt) {}
  Form form() const override { return form_; }
  std::size_t outputs() const override { return w_.size(); }
  bool has_gradient() const override { return true; }
  std::vector<std::string> flat_operators() const override { return spoilt_ == Spoilt::rounded ? std::vector<std::string>{"Round"} : std::vector<std::string>{}; }
  std::unique_ptr<Oracle> oracle() const override { return std::make_unique<Reader>(*this); }

 private:
  class Reader : public Oracle {
   public:
    explicit Reader(const Linear& of) : of_(of) {}
    void scores(std::span<const float> x, std::span<float> out) override { product<float>(x, out); }
    void exact_scores(std::span<const float> x, std::span<double> out) override { product<double>(x, out); }
    bool gradient(std::span<const float> x, std::span<float> out, const Seed& seed, std::span<float> by_x) override {
      product<float>(x, out);
      std::vector<float> d(out.size());
      if (!seed(out, d)) return false;
      for (std::size_t j = 0; j < x.size(); ++j) {
        by_x[j] = 0;
        for (std::size_t i = 0; i < out.size() && of_.spoilt_ == Spoilt::no; ++i) by_x[j] += of_.w_[i][j] * d[i];
      }
      return true;
    }

   private:
    template <class T>
    void product(std::span<const float> x, std::span<T> out) const {
      for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<T>(of_.b_[i]);
        for (std::size_t j = 0; j < x.size(); ++j)
          out[i] += static_cast<T>(of_.w_[i][j]) * static_cast<T>(of_.spoilt_ == Spoilt::rounded ? std::round(x[j] * 2) / 2 : x[j]);
      }
    }
    const Linear& of_;
  };

  std::vector<std::vector<float>> w_;
  std::vector<float> b_;
  Form form_;
  Spoilt spoilt_;
};

}  // namespace duolex::threats::evasion::toy
