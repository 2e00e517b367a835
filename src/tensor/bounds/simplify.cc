#include "tensor/bounds/simplify.h"

#include <algorithm>
#include <cmath>

namespace duolex::tensor::bounds {

namespace {

constexpr std::size_t none = static_cast<std::size_t>(-1);

bool all(const std::vector<double>& v, double is) {
  return std::all_of(v.begin(), v.end(), [is](double x) { return x == is; });
}

class Rewriting {
 public:
  explicit Rewriting(Program program) : p_(std::move(program)), gone_(p_.steps.size(), false) { index(); }

  Program run(Outputs outputs) {
    if (outputs == Outputs::by_their_order) drop_softmax();
    for (Step& step : p_.steps) drop_identity(step);
    for (std::size_t i = 0; i < p_.steps.size(); ++i)
      if (!gone_[i] && std::holds_alternative<Multiply>(p_.steps[i].operation)) join(i);
    for (Step& step : p_.steps) drop_identity(step);
    for (Step& step : p_.steps) fold(step);
    std::vector<Step> kept;
    for (std::size_t i = 0; i < p_.steps.size(); ++i) {
      if (gone_[i]) continue;
      Step& step = p_.steps[i];
      if (std::holds_alternative<Divide>(step.operation)) {
        Step inverse = step;
        inverse.operation = Unary{Function::reciprocal, 0, 0};
        inverse.inputs = {step.inputs[1]};
        inverse.output = p_.values.size();
        p_.values.push_back({p_.values[step.inputs[1]].features, 0});
        step.operation = Multiply{};
        step.inputs[1] = inverse.output;
        kept.push_back(std::move(inverse));
      }
      kept.push_back(std::move(step));
    }
    p_.steps = std::move(kept);
    lay_out();
    return std::move(p_);
  }

 private:
  void index() {
    uses_.assign(p_.values.size(), 0);
    maker_.assign(p_.values.size(), none);
    ++uses_[p_.output];
    for (std::size_t i = 0; i < p_.steps.size(); ++i) {
      maker_[p_.steps[i].output] = i;
      for (const std::size_t v : p_.steps[i].inputs) ++uses_[v];
    }
  }

  template <class Op>
  const Op* made_by(std::size_t value) const {
    return maker_[value] == none || gone_[maker_[value]] ? nullptr : std::get_if<Op>(&p_.steps[maker_[value]].operation);
  }

  // Whoever uses `from` uses `to`.
  void replace(std::size_t from, std::size_t to) {
    for (Step& step : p_.steps)
      for (std::size_t& v : step.inputs)
        if (v == from) v = to;
    if (p_.output == from) p_.output = to;
    gone_[maker_[from]] = true;
    uses_[to] += uses_[from] - 1;
    uses_[from] = 0;
  }

  void drop_softmax() {
    const Softmax* const last = made_by<Softmax>(p_.output);
    if (last == nullptr || last->outer != 1 || last->inner != 1 || uses_[p_.output] != 1) return;
    replace(p_.output, p_.steps[maker_[p_.output]].inputs[0]);
  }

  void drop_identity(Step& step) {
    const auto* const scale = std::get_if<Scale>(&step.operation);
    if (scale == nullptr || gone_[maker_[step.output]] || !all(scale->factor, 1) || !all(scale->shift, 0)) return;
    if (step.output == p_.output && step.inputs[0] == 0) return;
    replace(step.output, step.inputs[0]);
  }

  void join(std::size_t i) {
    Step& step = p_.steps[i];
    for (const std::size_t side : {0U, 1U}) {
      const std::size_t x = step.inputs[side], other = step.inputs[1 - side];
      if (x == other) {
        step.operation = Unary{Function::square, 0, 0};
        step.inputs = {x};
        return;
      }
      const Unary* const gate = made_by<Unary>(other);
      if (gate == nullptr || uses_[other] != 1) continue;
      const std::size_t from = p_.steps[maker_[other]].inputs[0];
      if (gate->function == Function::sigmoid && from == x) {
        gone_[maker_[other]] = true;
        step.operation = Unary{Function::silu, 0, 0};
        step.inputs = {x};
        return;
      }
      // In steps: x + 3, clipped to [0, 6], times x; a sixth of that follows as a factor.
      const Scale* const lifted = made_by<Scale>(from);
      if (gate->function != Function::clip || gate->a != 0 || gate->b != 6 || lifted == nullptr || uses_[from] != 1) continue;
      if (!all(lifted->factor, 1) || !all(lifted->shift, 3) || p_.steps[maker_[from]].inputs[0] != x) continue;
      if (!only_scaled(step.output)) continue;
      for (Step& user : p_.steps)
        if (!gone_[maker_[user.output]] && user.inputs[0] == step.output)
          for (double& f : std::get<Scale>(user.operation).factor) f *= 6;
      gone_[maker_[from]] = gone_[maker_[other]] = true;
      step.operation = Unary{Function::hard_swish, 0, 0};
      step.inputs = {x};
      return;
    }
  }

  // A normalisation behind a weighted sum becomes part of its weights. They are rounded once more for it, which bounds
  // account for (Linear::folded).
  void fold(Step& step) {
    const auto* const scale = std::get_if<Scale>(&step.operation);
    if (scale == nullptr || gone_[maker_[step.output]] || uses_[step.inputs[0]] != 1) return;
    const Linear* const from = made_by<Linear>(step.inputs[0]);
    if (from == nullptr || from->groups * from->rows * from->pixels != scale->factor.size() || !from->folded.empty()) return;
    Linear l = *from;
    const auto normal = [](double v) { return std::isfinite(v) && (v == 0 || std::fabs(v) > 1e-250); };
    l.folded.resize(l.bias.size());
    for (std::size_t row = 0; row < l.groups * l.rows; ++row) {
      const std::size_t first = row / l.rows * l.rows * l.pixels + row % l.rows * l.row;
      const double factor = scale->factor[first + static_cast<std::size_t>(l.out[0])], shift = scale->shift[first + static_cast<std::size_t>(l.out[0])];
      for (const std::int32_t p : l.out)
        if (scale->factor[first + static_cast<std::size_t>(p)] != factor || scale->shift[first + static_cast<std::size_t>(p)] != shift) return;
      if (!normal(factor)) return;
      for (std::size_t k = row * l.columns; k < (row + 1) * l.columns; ++k) {
        l.weights[k] *= factor;
        if (!normal(l.weights[k]) || (l.weights[k] == 0 && from->weights[k] != 0 && factor != 0)) return;
      }
      const double scaled = l.bias[row] * factor;
      l.folded[row] = std::fabs(scaled) + std::fabs(shift);
      l.bias[row] = scaled + shift;
      if (!normal(scaled) || !std::isfinite(l.bias[row]) || (scaled == 0 && factor != 0 && from->bias[row] != 0)) return;
    }
    pack(l);
    gone_[maker_[step.inputs[0]]] = true;
    step.inputs = p_.steps[maker_[step.inputs[0]]].inputs;
    step.operation = std::move(l);
  }

  // Used by scales alone whose factors times 6 are whole: then the product rounds nothing.
  bool only_scaled(std::size_t value) const {
    if (value == p_.output) return false;
    for (std::size_t i = 0; i < p_.steps.size(); ++i) {
      const Step& user = p_.steps[i];
      if (gone_[i] || std::find(user.inputs.begin(), user.inputs.end(), value) == user.inputs.end()) continue;
      const auto* const scale = std::get_if<Scale>(&user.operation);
      if (scale == nullptr || !std::all_of(scale->factor.begin(), scale->factor.end(), [](double f) { return f * 6 == 1; })) return false;
    }
    return true;
  }

  void lay_out() {
    std::vector<bool> kept(p_.values.size(), false);
    kept[0] = kept[p_.output] = true;
    for (const Step& step : p_.steps) kept[step.output] = true;
    p_.frame = 0;
    for (std::size_t v = 0; v < p_.values.size(); ++v) {
      if (!kept[v]) p_.values[v].features = 0;
      p_.values[v].offset = p_.frame;
      p_.frame += p_.values[v].features;
    }
  }

  Program p_;
  std::vector<bool> gone_;
  std::vector<std::size_t> uses_, maker_;
};

}  // namespace

Program simplified(const Program& program, Outputs outputs) { return Rewriting(program).run(outputs); }

}  // namespace duolex::tensor::bounds
