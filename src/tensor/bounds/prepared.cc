#include "tensor/bounds/prepared.h"

#include <algorithm>
#include <cmath>

#include "tensor/bounds/curves.h"

namespace duolex::tensor::bounds {

namespace {

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
    const std::size_t apart = features / l.groups;
    bool same = l.padded == l.groups * l.group_in;
    for (std::size_t at = l.group_in; at < l.padded && same; ++at) {
      const std::int32_t first = b.unplace[at % l.group_in];
      same = b.unplace[at] == (first < 0 ? -1 : first + static_cast<std::int32_t>(at / l.group_in * apart));
    }
    if (same) b.same_in_groups = apart;
  }
  b.pixel.assign(l.rows * l.pixels, 0);
  b.row.assign(l.rows * l.pixels, 0);
  b.bias.assign(l.groups * l.rows * l.pixels, 0);
  b.bias_size = b.bias;
  for (std::size_t m = 0; m < l.rows; ++m)
    for (std::size_t p = 0; p < l.pixels; ++p) {
      const std::size_t f = m * l.row + static_cast<std::size_t>(l.out[p]);
      b.pixel[f] = static_cast<std::int32_t>(p);
      b.row[f] = static_cast<std::int32_t>(m);
      for (std::size_t g = 0; g < l.groups; ++g) {
        b.bias[g * l.rows * l.pixels + f] = l.bias[g * l.rows + m];
        b.bias_size[g * l.rows * l.pixels + f] = std::max(std::fabs(l.bias[g * l.rows + m]), l.folded.empty() ? 0 : l.folded[g * l.rows + m]);
      }
    }
  // How many pixels can reach one feature of the input.
  std::vector<std::uint32_t> reached(std::max(l.padded, features), 0);
  for (const std::int32_t p : l.in)
    for (const std::int32_t k : l.taps) ++reached[static_cast<std::size_t>(p + k)];
  const std::size_t overlap = *std::max_element(reached.begin(), reached.end());
  const std::size_t more = l.folded.empty() ? 0 : 4;  // the weights and biases were rounded once more
  b.gamma_forward = gamma(l.columns + more);
  b.gamma_backward = gamma(l.rows * overlap + more);
  return b;
}

// Multiply-adds of a step for one sample.
double work_of(const Step& step, const Program& program) {
  if (const auto* l = std::get_if<Linear>(&step.operation)) return static_cast<double>(l->groups * l->rows) * static_cast<double>(l->columns * l->pixels);
  if (const auto* s = std::get_if<Sparse>(&step.operation)) return static_cast<double>(s->index.size());
  const auto* const matrices = std::get_if<MatrixProduct>(&step.operation);
  return static_cast<double>(program.values[step.output].features) * static_cast<double>(matrices != nullptr ? matrices->k : 1);
}

// A value is a station when no step behind it reads a value from before it.
void find_stations(Prepared& p) {
  const Program& program = p.program();
  constexpr double whole = 3e10;  // multiply-adds of passes that bound every neuron from the input
  std::vector<std::size_t> last_use(program.values.size(), 0);
  for (std::size_t i = 0; i < program.steps.size(); ++i)
    for (const std::size_t v : program.steps[i].inputs) last_use[v] = i;
  p.station.assign(program.values.size(), false);
  p.narrow.assign(program.values.size(), false);
  std::size_t open_until = last_use[0];
  double before = 0, all = 0;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    if (p.steps[i].nonlinear)
      for (const std::size_t v : step.inputs) all += static_cast<double>(program.values[v].features) / 8 * before;
    before += work_of(step, program);
    if (open_until <= i) p.station[step.output] = true;
    open_until = std::max(open_until, last_use[step.output]);
    if (std::holds_alternative<Gather>(step.operation) && step.inputs.size() == 1 &&
        program.values[step.inputs[0]].features * 16 <= program.values[step.output].features)
      p.narrow[step.inputs[0]] = true;
  }
  p.large = all > whole;
  // Of one after the other those with the fewest numbers: a box around them gives the least away.
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < program.steps.size(); ++i) {
    const Step& step = program.steps[i];
    if (!p.station[step.output]) continue;
    const bool scaled_next = i + 1 < program.steps.size() && last_use[step.output] == i + 1 && std::holds_alternative<Scale>(program.steps[i + 1].operation);
    if (p.steps[i].nonlinear || scaled_next) p.station[step.output] = false;
    else kept.push_back(step.output);
  }
  for (std::size_t k = 1; k + 1 < kept.size(); ++k) {
    const auto numbers = [&](std::size_t at) { return program.values[kept[at]].features; };
    if (numbers(k) > numbers(k - 1) && numbers(k) > numbers(k + 1)) p.station[kept[k]] = false;
  }
}

}  // namespace

Result<std::shared_ptr<const Prepared>> prepare(const Network& network, Outputs outputs) {
  auto prepared = std::make_shared<Prepared>(Prepared{network, simplified(network.program(), outputs), {}, {}, {}, {}, 0, false, 1.5e8, 1024, {}, {}});
  const Program& program = prepared->program();
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
    } else if (const auto* unary = std::get_if<Unary>(&op); unary != nullptr && has_bounds(*unary)) {
      b.nonlinear = true;
    } else if (std::holds_alternative<Maximum>(op) || std::holds_alternative<Multiply>(op) || std::holds_alternative<Softmax>(op)) {
      b.nonlinear = true;
      if (std::holds_alternative<Multiply>(op) && prepared->maker[step.inputs[1]] != no_step) {
        const std::size_t from = prepared->maker[step.inputs[1]];
        const auto* const gather = std::get_if<Gather>(&program.steps[from].operation);
        if (gather != nullptr && program.steps[from].inputs.size() == 1 && std::none_of(gather->from.begin(), gather->from.end(), [](std::int32_t i) { return i < 0; })) b.spread = from;
      }
    } else if (const auto* matrices = std::get_if<MatrixProduct>(&op)) {
      b.nonlinear = true;
      const std::size_t from = prepared->maker[step.inputs[0]];
      const auto* const softmax = from == no_step ? nullptr : std::get_if<Softmax>(&program.steps[from].operation);
      b.mixes = softmax != nullptr && !softmax->logarithm && softmax->inner == 1 && softmax->axis == matrices->k;
    } else if (!std::holds_alternative<Gather>(op) && !std::holds_alternative<Sparse>(op) && !std::holds_alternative<Sum>(op)) {
      return failure(error_in("", "not tested: operator " + step.op + " has no bounds"));
    }
    const auto none_negative = [](const std::vector<double>& numbers) { return std::all_of(numbers.begin(), numbers.end(), [](double v) { return v >= 0; }); };
    if (const auto* sum = std::get_if<Linear>(&op)) b.adds_up = none_negative(sum->weights) && none_negative(sum->bias);
    if (const auto* sum = std::get_if<Sparse>(&op)) b.adds_up = none_negative(sum->weight);
    if (b.nonlinear) prepared->activations.push_back(i);
    prepared->steps.push_back(std::move(b));
  }
  find_stations(*prepared);
  return std::shared_ptr<const Prepared>(std::move(prepared));
}

}  // namespace duolex::tensor::bounds
