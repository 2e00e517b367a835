// RNN, GRU and LSTM as steps that are known: one after the other in time, of a single sample.
#include <cmath>

#include "tensor/lowering.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

namespace {

constexpr std::size_t most_steps = 2048;

std::vector<double> part(const Tensor& t, std::size_t from, std::size_t count) {
  std::vector<double> out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = t.number(from + i);
  return out;
}

}  // namespace

// The layer of one direction while it is laid out.
struct Lowering::Recurrent {
  Lowering& to;
  const Node& node;
  std::size_t time = 0, inputs = 0, hidden = 0, directions = 1, gates = 1, direction = 0;
  std::vector<double> w, r, wb, rb;  // of the direction: [gates * hidden][inputs], [gates * hidden][hidden], biases

  bool apply(Function function, std::size_t from, std::size_t& value) { return to.add(node, Unary{function, 0, 0}, {from}, hidden, value); }
  bool times(std::size_t a, std::size_t b, std::size_t& value) { return to.add(node, Multiply{}, {a, b}, hidden, value); }
  bool sum(double first, std::size_t a, double second, std::size_t b, std::size_t& value) { return to.add(node, Sum{first, second}, {a, b}, hidden, value); }

  bool slice(std::size_t from, std::size_t at, std::size_t count, std::size_t& value) {
    std::vector<std::int32_t> index(count);
    for (std::size_t i = 0; i < count; ++i) index[i] = static_cast<std::int32_t>(at + i);
    return to.charge(node, count) && to.add(node, Gather{std::move(index), 0}, {from}, count, value);
  }
  bool dense(std::size_t from, std::size_t columns, std::vector<double> weights, std::vector<double> bias, std::size_t& value) {
    Linear l;
    l.rows = bias.size();
    l.columns = columns;
    l.pixels = 1;
    for (std::size_t i = 0; i < columns; ++i) l.taps.push_back(static_cast<std::int32_t>(i));
    l.in = l.out = {0};
    if (!to.charge(node, 8 * weights.size())) return false;
    l.weights = std::move(weights);
    l.bias = std::move(bias);
    const std::size_t rows = l.rows;
    return to.add(node, std::move(l), {from}, rows, value);
  }
  // Gates first … first + count - 1 of x and h together, each of `hidden` numbers.
  bool gate(std::size_t x, std::size_t h, std::size_t first, std::size_t count, std::vector<std::size_t>& values) {
    std::vector<std::int32_t> index(inputs + hidden);
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = static_cast<std::int32_t>(i);
    std::size_t both = 0, all = 0;
    if (!to.charge(node, index.size()) || !to.add(node, Gather{std::move(index), 0}, {x, h}, inputs + hidden, both)) return false;
    std::vector<double> weights, bias;
    for (std::size_t j = first * hidden; j < (first + count) * hidden; ++j) {
      weights.insert(weights.end(), w.begin() + static_cast<std::ptrdiff_t>(j * inputs), w.begin() + static_cast<std::ptrdiff_t>((j + 1) * inputs));
      weights.insert(weights.end(), r.begin() + static_cast<std::ptrdiff_t>(j * hidden), r.begin() + static_cast<std::ptrdiff_t>((j + 1) * hidden));
      bias.push_back(wb[j] + rb[j]);
    }
    if (!dense(both, inputs + hidden, std::move(weights), std::move(bias), all)) return false;
    values.assign(count, 0);
    for (std::size_t g = 0; g < count; ++g)
      if (!slice(all, g * hidden, hidden, values[g])) return false;
    return true;
  }

  bool rnn(std::size_t x, std::size_t& h) {
    std::vector<std::size_t> z;
    return gate(x, h, 0, 1, z) && apply(Function::tanh, z[0], h);
  }
  bool lstm(std::size_t x, std::size_t& h, std::size_t& c) {
    std::vector<std::size_t> z;  // input, output, forget, cell
    std::size_t in = 0, out = 0, forget = 0, cell = 0, kept = 0, added = 0, shown = 0;
    return gate(x, h, 0, 4, z) && apply(Function::sigmoid, z[0], in) && apply(Function::sigmoid, z[1], out) && apply(Function::sigmoid, z[2], forget) &&
           apply(Function::tanh, z[3], cell) && times(forget, c, kept) && times(in, cell, added) && sum(1, kept, 1, added, c) &&
           apply(Function::tanh, c, shown) && times(out, shown, h);
  }
  bool gru(std::size_t x, std::size_t& h, bool after_reset) {
    std::vector<std::size_t> z;  // update, reset
    std::size_t update = 0, reset = 0, fresh = 0, way = 0;
    if (!gate(x, h, 0, 2, z) || !apply(Function::sigmoid, z[0], update) || !apply(Function::sigmoid, z[1], reset)) return false;
    const auto rows = [&](const std::vector<double>& of, std::size_t width) {
      return std::vector<double>(of.begin() + static_cast<std::ptrdiff_t>(2 * hidden * width), of.begin() + static_cast<std::ptrdiff_t>(3 * hidden * width));
    };
    if (after_reset) {
      std::size_t from_x = 0, from_h = 0, gated = 0;
      if (!dense(x, inputs, rows(w, inputs), rows(wb, 1), from_x) || !dense(h, hidden, rows(r, hidden), rows(rb, 1), from_h) || !times(reset, from_h, gated) || !sum(1, from_x, 1, gated, fresh))
        return false;
    } else {
      std::size_t gated = 0;
      std::vector<std::size_t> candidate;
      if (!times(reset, h, gated) || !gate(x, gated, 2, 1, candidate)) return false;
      fresh = candidate[0];
    }
    std::size_t now = 0, kept = 0;
    return apply(Function::tanh, fresh, now) && sum(1, h, -1, now, way) && times(update, way, kept) && sum(1, now, 1, kept, h);
  }
};

bool Lowering::recurrent(const Node& node) {
  const bool lstm = node.op == "LSTM", gru = node.op == "GRU";
  for (std::size_t i = 1; i < 4; ++i)
    if (has(node, i) ? !is_constant(node, i) : i < 3) return unsupported(node, "weights that depend on the input");
  if (is_constant(node, 0)) return unsupported(node, "a state that depends on the input, where the input does not");
  for (const char* name : {"clip", "activation_alpha", "activation_beta"})
    if (node.attribute(name) != nullptr) return unsupported(node, std::string("with ") + name);
  if (node.integer("input_forget", 0) != 0 || has(node, 7)) return unsupported(node, "with peepholes or coupled gates");
  const std::string direction = node.text("direction", "forward");
  const bool both = direction == "bidirectional", batch_first = node.integer("layout", 0) != 0;
  if (const Attribute* names = node.attribute("activations"); names != nullptr) {
    std::vector<std::string> usual = lstm ? std::vector<std::string>{"Sigmoid", "Tanh", "Tanh"} : gru ? std::vector<std::string>{"Sigmoid", "Tanh"} : std::vector<std::string>{"Tanh"};
    if (both) usual.insert(usual.end(), usual.begin(), usual.end());
    if (names->strings != usual) return unsupported(node, "with other activations");
  }
  const Shape& x = shape(node, 0);
  const Tensor &w = constant(node, 1), &r = constant(node, 2);
  Recurrent l{*this, node};
  l.gates = lstm ? 4 : gru ? 3 : 1;
  l.directions = both ? 2 : 1;
  if (x.size() != 3 || w.shape.size() != 3 || r.shape.size() != 3) return fail(node, node.op + ": inputs of three dimensions are needed");
  if (x[batch_first ? 0 : 1] != 1) return unsupported(node, "several sequences at a time");
  l.time = static_cast<std::size_t>(x[batch_first ? 1 : 0]);
  if (l.time > most_steps) return unsupported(node, "more than " + std::to_string(most_steps) + " steps of time");  // each is laid out by itself
  l.inputs = static_cast<std::size_t>(x[2]);
  l.hidden = static_cast<std::size_t>(r.shape[2]);
  const auto d = static_cast<std::int64_t>(l.directions), rows = static_cast<std::int64_t>(l.gates) * r.shape[2];
  if (l.hidden == 0 || l.time == 0 || w.shape != Shape{d, rows, x[2]} || r.shape != Shape{d, rows, r.shape[2]}) return fail(node, node.op + ": weights that do not fit");
  if (has(node, 3) && constant(node, 3).elements() != static_cast<std::size_t>(2 * d * rows)) return fail(node, node.op + ": a bias that does not fit");
  if (has(node, 4) && (!is_constant(node, 4) || constant(node, 4).elements() != 1 || constant(node, 4).integer(0) != x[batch_first ? 1 : 0])) return unsupported(node, "with lengths of its sequences");
  std::size_t states[2] = {0, 0};  // hidden and cell, of all directions
  for (std::size_t k = 0; k < (lstm ? 2 : 1); ++k) {
    Operand zero;
    zero.constant = std::make_shared<const Tensor>(zeros(Type::f32, {static_cast<std::int64_t>(l.directions * l.hidden)}));
    zero.shape = zero.constant->shape;
    const Operand& from = has(node, 5 + k) ? operand(node, 5 + k) : zero;
    if (element_count(from.shape) != l.directions * l.hidden) return fail(node, node.op + ": a state that does not fit");
    if (!from.is_constant()) states[k] = from.value;
    else if (!materialise(node, from, states[k])) return false;
  }
  const std::size_t count = static_cast<std::size_t>(rows);
  std::vector<std::vector<std::size_t>> shown(l.directions, std::vector<std::size_t>(l.time));
  std::vector<std::size_t> last, cells;
  for (l.direction = 0; l.direction < l.directions; ++l.direction) {
    l.w = part(w, l.direction * count * l.inputs, count * l.inputs);
    l.r = part(r, l.direction * count * l.hidden, count * l.hidden);
    l.wb = has(node, 3) ? part(constant(node, 3), l.direction * 2 * count, count) : std::vector<double>(count, 0);
    l.rb = has(node, 3) ? part(constant(node, 3), l.direction * 2 * count + count, count) : std::vector<double>(count, 0);
    std::size_t h = 0, c = 0;
    if (!l.slice(states[0], l.direction * l.hidden, l.hidden, h) || (lstm && !l.slice(states[1], l.direction * l.hidden, l.hidden, c))) return false;
    for (std::size_t i = 0; i < l.time; ++i) {
      const std::size_t t = direction == "reverse" || l.direction == 1 ? l.time - 1 - i : i;
      std::size_t now = 0;
      if (!l.slice(operand(node, 0).value, t * l.inputs, l.inputs, now)) return false;
      if (!(lstm ? l.lstm(now, h, c) : gru ? l.gru(now, h, node.integer("linear_before_reset", 0) != 0) : l.rnn(now, h))) return false;
      shown[l.direction][t] = h;
    }
    last.push_back(h);
    cells.push_back(c);
  }
  // The values one after the other.
  const auto gathered = [&](const std::vector<std::size_t>& values, const std::string& name, const Shape& to) {
    std::vector<std::int32_t> index(values.size() * l.hidden);
    for (std::size_t i = 0; i < index.size(); ++i) index[i] = static_cast<std::int32_t>(i);
    const std::size_t features = index.size();
    std::size_t value = 0;
    if (!charge(node, features) || !add(node, Gather{std::move(index), 0}, values, features, value)) return false;
    bind(name, value, to);
    return true;
  };
  std::vector<std::size_t> all;
  for (std::size_t t = 0; t < l.time; ++t)
    for (std::size_t k = 0; k < l.directions; ++k) all.push_back(shown[k][t]);
  const auto time = static_cast<std::int64_t>(l.time);
  const auto wants = [&](std::size_t i) { return i < node.outputs.size() && !node.outputs[i].empty(); };
  const Shape of_state = batch_first ? Shape{1, d, r.shape[2]} : Shape{d, 1, r.shape[2]};
  if (wants(0) && !gathered(all, node.outputs[0], batch_first ? Shape{1, time, d, r.shape[2]} : Shape{time, d, 1, r.shape[2]})) return false;
  if (wants(1) && !gathered(last, node.outputs[1], of_state)) return false;
  return !wants(2) || !lstm || gathered(cells, node.outputs[2], of_state);
}

}  // namespace duolex::tensor
