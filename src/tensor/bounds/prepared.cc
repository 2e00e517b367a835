#include "tensor/bounds/prepared.h"

#include <algorithm>
#include <cmath>

namespace duolex::tensor::bounds {

namespace {

bool is_monotone(Function f) {
  switch (f) {
    case Function::relu: case Function::leaky_relu: case Function::elu: case Function::selu: case Function::celu:
    case Function::softplus: case Function::softsign: case Function::sigmoid: case Function::hard_sigmoid: case Function::tanh:
    case Function::clip: case Function::exp: case Function::erf:
      return true;
    default: return false;
  }
}

StepBounds linear_bounds(const Linear& l, std::size_t features) {
  StepBounds b;
  b.absolute = l;
  for (double& w : b.absolute.weights) w = std::fabs(w);
  for (double& w : b.absolute.bias) w = std::fabs(w);
  pack(b.absolute);
  std::fill(b.absolute.f64.bias.begin(), b.absolute.f64.bias.end(), 0.0);
  b.absolute.f32 = {};
  b.absolute.f64.adjoint = {};
  if (l.padded != 0) {
    b.unplace.assign(l.padded, -1);
    for (std::size_t f = 0; f < l.place.size(); ++f) b.unplace[static_cast<std::size_t>(l.place[f])] = static_cast<std::int32_t>(f);
  }
  b.pixel.assign(l.rows * l.pixels, 0);
  b.row.assign(l.rows * l.pixels, 0);
  b.bias.assign(l.groups * l.rows * l.pixels, 0);
  for (std::size_t m = 0; m < l.rows; ++m)
    for (std::size_t p = 0; p < l.pixels; ++p) {
      const std::size_t f = m * l.row + static_cast<std::size_t>(l.out[p]);
      b.pixel[f] = static_cast<std::int32_t>(p);
      b.row[f] = static_cast<std::int32_t>(m);
      for (std::size_t g = 0; g < l.groups; ++g) b.bias[g * l.rows * l.pixels + f] = l.bias[g * l.rows + m];
    }
  // How many pixels can reach one feature of the input.
  std::vector<std::uint32_t> reached(std::max(l.padded, features), 0);
  for (const std::int32_t p : l.in)
    for (const std::int32_t k : l.taps) ++reached[static_cast<std::size_t>(p + k)];
  const std::size_t overlap = *std::max_element(reached.begin(), reached.end());
  b.gamma_forward = gamma(l.columns);
  b.gamma_backward = gamma(l.rows * overlap);
  return b;
}

}  // namespace

Result<std::shared_ptr<const Prepared>> prepare(const Network& network) {
  auto prepared = std::make_shared<Prepared>(Prepared{network, {}, {}, {}, {}, 0});
  const Program& program = network.program();
  prepared->maker.assign(program.values.size(), no_step);
  prepared->interval_is_best.assign(program.values.size(), false);
  prepared->interval_is_best[0] = true;
  std::vector<bool> is_box(program.values.size(), false);  // features vary independently of one another
  is_box[0] = true;
  prepared->terms = 4 * program.frame + 64;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    prepared->maker[step.output] = i;
    StepBounds b;
    const auto& op = step.operation;
    const bool from_box = is_box[step.inputs[0]];
    if (const auto* linear = std::get_if<Linear>(&op)) {
      if (linear->groups * linear->rows * linear->pixels != program.values[step.output].features)
        return failure(error_in("", "not tested: operator " + step.op + " in this form has no bounds"));
      b = linear_bounds(*linear, program.values[step.inputs[0]].features);
      prepared->interval_is_best[step.output] = from_box;
    } else if (std::holds_alternative<Scale>(op)) {
      is_box[step.output] = from_box;
      prepared->interval_is_best[step.output] = prepared->interval_is_best[step.inputs[0]];
    } else if (const auto* unary = std::get_if<Unary>(&op); unary != nullptr && is_monotone(unary->function)) {
      b.nonlinear = true;
    } else if (std::holds_alternative<Maximum>(op)) {
      b.nonlinear = true;
    } else if (!std::holds_alternative<Gather>(op) && !std::holds_alternative<Sparse>(op) && !std::holds_alternative<Sum>(op)) {
      return failure(error_in("", "not tested: operator " + step.op + " has no bounds"));
    }
    if (b.nonlinear) prepared->activations.push_back(i);
    prepared->steps.push_back(std::move(b));
  }
  return std::shared_ptr<const Prepared>(std::move(prepared));
}

}  // namespace duolex::tensor::bounds
