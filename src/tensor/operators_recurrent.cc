// RNN, GRU and LSTM, one step of time after the other.
#include <cmath>

#include "tensor/functions.h"
#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

using Numbers = std::vector<double>;

struct Activation {
  Unary function{};
  double operator()(double x) const { return apply(function, x); }
};

struct Layer {
  std::size_t time = 0, batch = 0, inputs = 0, hidden = 0, directions = 1, gates = 1;
  bool batch_first = false, coupled = false, after_reset = false;
  double clip = INFINITY;
  std::vector<Activation> activations{};  // those of each direction in turn
  Numbers x{}, w{}, r{}, b{}, state{}, cell{}, peepholes{};
  std::vector<std::int64_t> lengths{};
};

bool read_activation(Call& call, const std::string& name, std::size_t i, Activation& a) {
  const Attribute* alphas = call.node.attribute("activation_alpha");
  const Attribute* betas = call.node.attribute("activation_beta");
  struct Known {
    const char* name;
    Unary unary;
  };
  static const Known known[] = {{"Relu", {Function::relu, 0, 0}}, {"Tanh", {Function::tanh, 0, 0}}, {"Sigmoid", {Function::sigmoid, 0, 0}},
                                {"LeakyRelu", {Function::leaky_relu, 0.01F, 0}}, {"ThresholdedRelu", {Function::thresholded_relu, 1, 0}},
                                {"HardSigmoid", {Function::hard_sigmoid, 0.2F, 0.5}}, {"Elu", {Function::elu, 1, 0}},
                                {"Softsign", {Function::softsign, 0, 0}}, {"Softplus", {Function::softplus, 0, 0}}};
  for (const Known& k : known) {
    if (name != k.name) continue;
    a.function = k.unary;
    if (alphas != nullptr && i < alphas->floats.size()) a.function.a = alphas->floats[i];
    if (betas != nullptr && i < betas->floats.size()) a.function.b = betas->floats[i];
    return true;
  }
  return call.unsupported("activation " + name);
}

// Takes an optional input that must have a certain number of elements, or zeros.
bool read_part(Call& call, std::size_t i, std::size_t wanted, Numbers& into) {
  into.assign(wanted, 0);
  if (!call.has(i)) return true;
  if (call.at(i).elements() != wanted) return call.fail("input " + std::to_string(i) + " has " + std::to_string(call.at(i).elements()) + " elements, not " + std::to_string(wanted));
  into = numbers_of(call.at(i));
  return true;
}

bool read_layer(Call& call, std::size_t gates, const std::vector<std::string>& defaults, Layer& l) {
  if (!call.needs(3)) return false;
  const Tensor& x = call.at(0);
  const Tensor& w = call.at(1);
  const Tensor& r = call.at(2);
  if (!is_floating(x.type) || x.shape.size() != 3 || w.shape.size() != 3 || r.shape.size() != 3) return call.fail("inputs of three dimensions are needed");
  l.batch_first = call.node.integer("layout", 0) != 0;
  l.gates = gates;
  l.time = static_cast<std::size_t>(x.shape[l.batch_first ? 1 : 0]);
  l.batch = static_cast<std::size_t>(x.shape[l.batch_first ? 0 : 1]);
  l.inputs = static_cast<std::size_t>(x.shape[2]);
  l.hidden = static_cast<std::size_t>(r.shape[2]);
  const std::string direction = call.node.text("direction", "forward");
  l.directions = direction == "bidirectional" ? 2 : 1;
  if ((direction != "forward" && direction != "reverse" && l.directions == 1)) return call.unsupported("direction " + direction);
  const auto d = static_cast<std::int64_t>(l.directions), rows = static_cast<std::int64_t>(gates * l.hidden);
  if (l.hidden == 0 || w.shape != Shape{d, rows, x.shape[2]} || r.shape != Shape{d, rows, r.shape[2]}) return call.fail("weights " + to_string(w.shape) + " and " + to_string(r.shape) + " do not fit");
  if (!call.allows({static_cast<std::int64_t>(l.time), d, static_cast<std::int64_t>(l.batch), r.shape[2]})) return false;
  l.x = numbers_of(x);
  l.w = numbers_of(w);
  l.r = numbers_of(r);
  l.lengths.assign(l.batch, static_cast<std::int64_t>(l.time));
  if (call.has(4)) {
    if (call.at(4).elements() != l.batch) return call.fail("lengths that do not fit");
    l.lengths = whole_numbers(call.at(4));
    for (const std::int64_t n : l.lengths)
      if (n < 0 || n > static_cast<std::int64_t>(l.time)) return call.fail("a length out of range");
  }
  const std::size_t states = l.directions * l.batch * l.hidden;
  if (!read_part(call, 3, l.directions * 2 * gates * l.hidden, l.b) || !read_part(call, 5, states, l.state)) return false;
  l.cell.assign(states, 0);
  if (gates == 4 && (!read_part(call, 6, states, l.cell) || !read_part(call, 7, l.directions * 3 * l.hidden, l.peepholes))) return false;
  const Attribute* names = call.node.attribute("activations");
  std::vector<std::string> list = defaults;
  if (l.directions == 2) list.insert(list.end(), defaults.begin(), defaults.end());
  if (names != nullptr) list = names->strings;
  if (list.size() != defaults.size() * l.directions) return call.fail("too few activations");
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!read_activation(call, list[i], i, l.activations.emplace_back())) return false;
  if (call.node.attribute("clip") != nullptr) l.clip = call.node.number("clip", 0);
  l.after_reset = call.node.integer("linear_before_reset", 0) != 0;
  l.coupled = call.node.integer("input_forget", 0) != 0;
  return call.work(l.time * l.batch * l.directions * gates * l.hidden * (l.inputs + l.hidden));
}

double dot(const double* a, const double* b, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// One step of one sample in one direction: h and c are its state and cell.
struct Step1 {
  const Layer& l;
  std::size_t direction;
  [[nodiscard]] double clipped(double v) const { return std::fmin(l.clip, std::fmax(-l.clip, v)); }
  [[nodiscard]] double act(std::size_t i, double v) const { return l.activations[direction * (l.activations.size() / l.directions) + i](clipped(v)); }
  [[nodiscard]] double from_input(std::size_t gate, std::size_t j, const double* x) const {
    const std::size_t row = (direction * l.gates + gate) * l.hidden + j;
    return dot(l.w.data() + row * l.inputs, x, l.inputs) + l.b[(direction * 2 * l.gates + gate) * l.hidden + j];
  }
  [[nodiscard]] double from_state(std::size_t gate, std::size_t j, const double* h, bool bias = true) const {
    const std::size_t row = (direction * l.gates + gate) * l.hidden + j;
    return dot(l.r.data() + row * l.hidden, h, l.hidden) + (bias ? recurrent_bias(gate, j) : 0);
  }
  [[nodiscard]] double recurrent_bias(std::size_t gate, std::size_t j) const { return l.b[(direction * 2 * l.gates + l.gates + gate) * l.hidden + j]; }
};

void rnn_step(const Step1& s, const double* x, double* h, double*) {
  Numbers next(s.l.hidden);
  for (std::size_t j = 0; j < next.size(); ++j) next[j] = s.act(0, s.from_input(0, j, x) + s.from_state(0, j, h));
  std::copy(next.begin(), next.end(), h);
}

void gru_step(const Step1& s, const double* x, double* h, double*) {
  const std::size_t n = s.l.hidden;
  Numbers update(n), reset(n), gated(n), next(n);
  for (std::size_t j = 0; j < n; ++j) {
    update[j] = s.act(0, s.from_input(0, j, x) + s.from_state(0, j, h));
    reset[j] = s.act(0, s.from_input(1, j, x) + s.from_state(1, j, h));
    gated[j] = reset[j] * h[j];
  }
  for (std::size_t j = 0; j < n; ++j) {
    const double recurrent = s.l.after_reset ? reset[j] * s.from_state(2, j, h) : s.from_state(2, j, gated.data());
    next[j] = (1 - update[j]) * s.act(1, s.from_input(2, j, x) + recurrent) + update[j] * h[j];
  }
  std::copy(next.begin(), next.end(), h);
}

void lstm_step(const Step1& s, const double* x, double* h, double* c) {
  const std::size_t n = s.l.hidden;
  const double* peep = s.l.peepholes.data() + s.direction * 3 * n;
  Numbers next(n), cells(n);
  for (std::size_t j = 0; j < n; ++j) {
    const double in = s.act(0, s.from_input(0, j, x) + s.from_state(0, j, h) + peep[j] * c[j]);
    const double forget = s.l.coupled ? 1 - in : s.act(0, s.from_input(2, j, x) + s.from_state(2, j, h) + peep[2 * n + j] * c[j]);
    cells[j] = forget * c[j] + in * s.act(1, s.from_input(3, j, x) + s.from_state(3, j, h));
    const double out = s.act(0, s.from_input(1, j, x) + s.from_state(1, j, h) + peep[n + j] * cells[j]);
    next[j] = out * s.act(2, cells[j]);
  }
  std::copy(next.begin(), next.end(), h);
  std::copy(cells.begin(), cells.end(), c);
}

bool run_layer(Call& call, Layer& l, void (*step)(const Step1&, const double*, double*, double*)) {
  const std::size_t n = l.hidden, d = l.directions;
  Numbers all(l.time * d * l.batch * n, 0);  // [time, direction, batch, hidden]
  const bool reversed = call.node.text("direction", "forward") == "reverse";
  // In the layout that has the batch first the given states have it first as well.
  const auto state_at = [&](std::size_t k, std::size_t b) { return (l.batch_first ? b * d + k : k * l.batch + b) * n; };
  for (std::size_t k = 0; k < d; ++k)
    for (std::size_t b = 0; b < l.batch; ++b) {
      double* h = l.state.data() + state_at(k, b);
      double* c = l.cell.data() + state_at(k, b);
      const auto length = static_cast<std::size_t>(l.lengths[b]);
      for (std::size_t i = 0; i < length; ++i) {
        const std::size_t t = reversed || k == 1 ? length - 1 - i : i;
        step({l, k}, l.x.data() + (l.batch_first ? b * l.time + t : t * l.batch + b) * l.inputs, h, c);
        std::copy_n(h, n, all.begin() + static_cast<std::ptrdiff_t>(((t * d + k) * l.batch + b) * n));
      }
    }
  const auto time = static_cast<std::int64_t>(l.time), batch = static_cast<std::int64_t>(l.batch), hidden = static_cast<std::int64_t>(n), ways = static_cast<std::int64_t>(d);
  const Type type = call.at(0).type;
  if (l.batch_first) {  // [batch, time, direction, hidden]
    Numbers turned(all.size());
    for (std::size_t t = 0; t < l.time; ++t)
      for (std::size_t k = 0; k < d; ++k)
        for (std::size_t b = 0; b < l.batch; ++b)
          std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(((t * d + k) * l.batch + b) * n), n, turned.begin() + static_cast<std::ptrdiff_t>(((b * l.time + t) * d + k) * n));
    all = std::move(turned);
  }
  call.out[0] = from_numbers(type, l.batch_first ? Shape{batch, time, ways, hidden} : Shape{time, ways, batch, hidden}, all);
  const Shape last = l.batch_first ? Shape{batch, ways, hidden} : Shape{ways, batch, hidden};
  if (call.out.size() > 1) call.out[1] = from_numbers(type, last, l.state);
  if (call.out.size() > 2) call.out[2] = from_numbers(type, last, l.cell);
  return true;
}

bool rnn(Call& call) {
  Layer l;
  return read_layer(call, 1, {"Tanh"}, l) && run_layer(call, l, rnn_step);
}
bool gru(Call& call) {
  Layer l;
  return read_layer(call, 3, {"Sigmoid", "Tanh"}, l) && run_layer(call, l, gru_step);
}
bool lstm(Call& call) {
  Layer l;
  return read_layer(call, 4, {"Sigmoid", "Tanh", "Tanh"}, l) && run_layer(call, l, lstm_step);
}

}  // namespace

void add_recurrent_operators(Operators& operators) { operators.insert({{"RNN", rnn}, {"GRU", gru}, {"LSTM", lstm}}); }

}  // namespace duolex::tensor
