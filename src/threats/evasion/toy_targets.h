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
  std::size_t lanes() const override { return 4; }
  std::unique_ptr<Oracle> oracle() const override { return std::make_unique<Reader>(*this); }

 private:
  class Reader : public Oracle {
   public:
    explicit Reader(const Linear& of) : of_(of) {}
    void scores(const float* x, std::size_t n, float* out) override { products(x, n, out); }
    void exact_scores(const float* x, std::size_t n, double* out) override { products(x, n, out); }
    void gradients(const float* x, std::size_t n, float* out, const Cotangent& cotangent, float* by_x) override {
      products(x, n, out);
      const std::size_t inputs = of_.form_.size(), outputs = of_.w_.size();
      for (std::size_t s = 0; s < n; ++s) {
        std::vector<float> d(outputs);
        cotangent(s, {out + s * outputs, outputs}, d);
        for (std::size_t j = 0; j < inputs; ++j) {
          float& g = by_x[s * inputs + j] = 0;
          for (std::size_t i = 0; i < outputs && of_.spoilt_ == Spoilt::no; ++i) g += of_.w_[i][j] * d[i];
        }
      }
    }

   private:
    template <class T>
    void products(const float* x, std::size_t n, T* out) const {
      for (std::size_t s = 0; s < n; ++s) product(std::span(x + s * of_.form_.size(), of_.form_.size()), std::span(out + s * of_.w_.size(), of_.w_.size()));
    }
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
