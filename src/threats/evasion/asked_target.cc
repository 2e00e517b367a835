#include "threats/evasion/asked_target.h"

#include <algorithm>
#include <limits>

namespace duolex::threats::evasion {

class AskedOracle : public Oracle {
 public:
  explicit AskedOracle(const AskedTarget& target) : target_(target) {}
  void scores(const float* x, std::size_t n, float* out) override { target_.scores(x, n, out); }
  void gradients(const float* x, std::size_t n, float* out, const Cotangent&, float* by_x) override {
    target_.scores(x, n, out);
    std::fill_n(by_x, n * target_.form().size(), std::numeric_limits<float>::quiet_NaN());  // there are none
  }
  void exact_scores(const float* x, std::size_t n, double* out) override {
    std::vector<float> single(n * target_.outputs());
    target_.scores(x, n, single.data());
    std::copy(single.begin(), single.end(), out);
  }

 private:
  const AskedTarget& target_;
};

std::unique_ptr<Oracle> AskedTarget::oracle() const { return std::make_unique<AskedOracle>(*this); }

Diagnostics AskedTarget::failure() const {
  const std::scoped_lock lock(one_);
  return failure_;
}

std::vector<float> AskedTarget::as_taken(const float* x, std::size_t n) const {
  std::vector<float> rows(x, x + n * form_.size());
  if (!normalisation_.mean.empty())
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::size_t channel = i / (form_.height * form_.width) % form_.channels;
      rows[i] = (rows[i] - normalisation_.mean[channel]) / normalisation_.deviation[channel];
    }
  return rows;
}

Result<std::vector<float>> AskedTarget::try_asking(const float* x) const {
  const std::scoped_lock lock(one_);
  auto scores = ask_(as_taken(x, 1), 1);
  if (scores && scores->size() != outputs_) return duolex::failure(error_in("", "the target gave " + std::to_string(scores->size()) + " scores for one row, not " + std::to_string(outputs_)));
  return scores;
}

void AskedTarget::scores(const float* x, std::size_t n, float* out) const {
  const std::vector<float> rows = as_taken(x, n);
  const std::scoped_lock lock(one_);
  if (failure_.empty()) {
    const auto scores = ask_(rows, n);
    if (scores && scores->size() == n * outputs_) {
      std::copy(scores->begin(), scores->end(), out);
      return;
    }
    failure_ = scores ? Diagnostics{error_in("", "the target gave " + std::to_string(scores->size()) + " scores for " + std::to_string(n) + " rows, not " + std::to_string(n * outputs_))} : scores.error();
  }
  std::fill_n(out, n * outputs_, std::numeric_limits<float>::quiet_NaN());
}

Result<std::shared_ptr<AskedTarget>> open_asked(Form form, const std::vector<float>& first_row, Ask ask, Normalisation normalisation) {
  if (first_row.size() != form.size() || form.size() == 0) return duolex::failure(error_in("", "there is no row to ask the target about"));
  std::size_t outputs = 0;
  // The first question goes as every later one, through the normalisation.
  const AskedTarget counting(form, 0, [&](const std::vector<float>& rows, std::size_t n) {
    auto scores = ask(rows, n);
    if (scores) outputs = scores->size();
    return scores ? Result<std::vector<float>>(std::vector<float>{}) : scores;
  }, normalisation);
  float none = 0;
  counting.oracle()->scores(first_row.data(), 1, &none);
  if (const Diagnostics wrong = counting.failure(); !wrong.empty()) return tl::unexpected(wrong);
  if (outputs == 0) return duolex::failure(error_in("", "the target gave no scores"));
  return std::make_shared<AskedTarget>(form, outputs, std::move(ask), std::move(normalisation));
}

}  // namespace duolex::threats::evasion
