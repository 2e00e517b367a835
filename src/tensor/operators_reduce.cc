// Reductions, norms, and what looks along an axis.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

// For each element of the reduced shape the elements of x that go into it.
struct Reduction {
  Shape shape;                       // with or without the reduced dimensions
  std::vector<std::size_t> group;    // of each element of x
  std::size_t groups = 1;
  std::size_t each = 1;              // elements of x in a group
};

bool plan(Call& call, const Shape& from, std::vector<std::int64_t> axes, bool keep, Reduction& r) {
  std::vector<bool> reduced(from.size(), axes.empty());
  for (std::int64_t axis : axes) {
    if (!normal_axis(axis, from.size()) || from.empty()) return call.fail("no such axis");
    reduced[static_cast<std::size_t>(axis)] = true;
  }
  std::vector<std::size_t> step(from.size(), 0);
  for (std::size_t d = from.size(); d-- > 0;) {
    const auto size = static_cast<std::size_t>(from[d]);
    if (reduced[d]) {
      r.each *= size;
    } else {
      step[d] = r.groups;
      r.groups *= size;
    }
  }
  for (std::size_t d = 0; d < from.size(); ++d)
    if (!reduced[d] || keep) r.shape.push_back(reduced[d] ? 1 : from[d]);
  r.group.resize(element_count(from).value_or(0));
  Counter at(from);
  for (std::size_t& g : r.group) {
    g = 0;
    for (std::size_t d = 0; d < from.size(); ++d) g += static_cast<std::size_t>(at.at()[d]) * step[d];
    at.next();
  }
  return true;
}

bool reduce(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::string& op = call.node.op;
  std::vector<std::int64_t> axes = call.has(1) ? whole_numbers(call.at(1)) : call.node.integers("axes");
  if (axes.empty() && call.node.integer("noop_with_empty_axes", 0) != 0) return call.give(x);
  if (!is_floating(x.type) && !is_whole(x.type)) return call.unsupported(std::string("on ") + name_of(x.type));
  Reduction r;
  if (!plan(call, x.shape, axes, call.node.integer("keepdims", 1) != 0, r)) return false;
  if (r.each == 0) return call.unsupported("of nothing");
  const bool product = op == "ReduceProd", maximum = op == "ReduceMax", minimum = op == "ReduceMin", exponential = op == "ReduceLogSumExp";
  Tensor y = zeros(x.type, r.shape);
  if (is_whole(x.type) && (op == "ReduceSum" || maximum || minimum || product)) {
    std::vector<std::int64_t> sums(r.groups, product ? 1 : 0);
    std::vector<bool> begun(r.groups, false);
    for (std::size_t i = 0; i < x.elements(); ++i) {
      std::int64_t& s = sums[r.group[i]];
      const std::int64_t v = x.integer(i);
      if (maximum || minimum) s = !begun[r.group[i]] ? v : maximum ? std::max(s, v) : std::min(s, v);
      else s = static_cast<std::int64_t>(product ? static_cast<std::uint64_t>(s) * static_cast<std::uint64_t>(v) : static_cast<std::uint64_t>(s) + static_cast<std::uint64_t>(v));
      begun[r.group[i]] = true;
    }
    for (std::size_t g = 0; g < r.groups; ++g) set_integer(y, g, sums[g]);
    return call.give(std::move(y));
  }
  std::vector<double> sums(r.groups, product ? 1 : maximum || exponential ? -INFINITY : minimum ? INFINITY : 0);
  std::vector<double> most;
  for (std::size_t i = 0; i < x.elements(); ++i) {
    double& s = sums[r.group[i]];
    const double v = x.number(i);
    if (product) s *= v;
    else if (maximum || exponential) s = std::isnan(v) || v > s ? v : s;
    else if (minimum) s = std::isnan(v) || v < s ? v : s;
    else if (op == "ReduceL1") s += std::fabs(v);
    else if (op == "ReduceL2" || op == "ReduceSumSquare") s += v * v;
    else s += v;
  }
  if (exponential) {
    most = sums;
    std::fill(sums.begin(), sums.end(), 0.0);
    for (std::size_t i = 0; i < x.elements(); ++i) sums[r.group[i]] += std::exp(x.number(i) - most[r.group[i]]);
  }
  for (std::size_t g = 0; g < r.groups; ++g) {
    double v = sums[g];
    if (op == "ReduceMean") v /= static_cast<double>(r.each);
    if (op == "ReduceL2") v = std::sqrt(v);
    if (op == "ReduceLogSum") v = std::log(v);
    if (exponential) v = std::log(v) + most[g];
    set_number(y, g, v);
  }
  return call.give(std::move(y));
}

bool arg(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  AxisView v;
  std::int64_t axis = call.node.integer("axis", 0);
  if (!view_axis(x.shape, axis, v) || x.shape.empty() || v.axis == 0) return call.fail("no such axis");
  normal_axis(axis, x.shape.size());
  const bool last = call.node.integer("select_last_index", 0) != 0, most = call.node.op == "ArgMax";
  Shape shape = x.shape;
  if (call.node.integer("keepdims", 1) != 0) shape[static_cast<std::size_t>(axis)] = 1;
  else shape.erase(shape.begin() + axis);
  Tensor y = zeros(Type::i64, shape);
  for (std::size_t o = 0; o < v.outer; ++o)
    for (std::size_t i = 0; i < v.inner; ++i) {
      std::size_t best = 0;
      const auto value = [&](std::size_t a) { return x.number((o * v.axis + a) * v.inner + i); };
      for (std::size_t a = 1; a < v.axis; ++a) {
        const double p = value(a), q = value(best);
        if ((most ? p > q : p < q) || (last && p == q)) best = a;
      }
      set_integer(y, o * v.inner + i, static_cast<std::int64_t>(best));
    }
  return call.give(std::move(y));
}

bool softmax(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  AxisView v;
  if (!view_axis(x.shape, call.node.integer("axis", call.opset < 13 ? 1 : -1), v) || x.shape.empty()) return call.fail("no such axis");
  if (call.opset < 13) {
    v.axis *= v.inner;
    v.inner = 1;
  }
  Tensor y = zeros(x.type, x.shape);
  for (std::size_t o = 0; o < v.outer; ++o)
    for (std::size_t i = 0; i < v.inner; ++i) {
      double most = -INFINITY, sum = 0;
      std::size_t best = 0;
      const auto at = [&](std::size_t a) { return (o * v.axis + a) * v.inner + i; };
      for (std::size_t a = 0; a < v.axis; ++a)
        if (x.number(at(a)) > most) most = x.number(at(a)), best = a;
      for (std::size_t a = 0; a < v.axis; ++a) sum += std::exp(x.number(at(a)) - most);
      for (std::size_t a = 0; a < v.axis; ++a) {
        const double d = x.number(at(a)) - most;
        set_number(y, at(a), call.node.op == "Hardmax" ? (a == best ? 1 : 0) : call.node.op == "Softmax" ? std::exp(d) / sum : d - std::log(sum));
      }
    }
  return call.give(std::move(y));
}

bool cumulative_sum(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  AxisView v;
  if (call.at(1).elements() != 1 || !view_axis(x.shape, call.at(1).integer(0), v) || x.shape.empty()) return call.fail("no such axis");
  const bool exclusive = call.node.integer("exclusive", 0) != 0, reverse = call.node.integer("reverse", 0) != 0;
  Tensor y = zeros(x.type, x.shape);
  for (std::size_t o = 0; o < v.outer; ++o)
    for (std::size_t i = 0; i < v.inner; ++i) {
      double sum = 0;
      for (std::size_t k = 0; k < v.axis; ++k) {
        const std::size_t at = (o * v.axis + (reverse ? v.axis - 1 - k : k)) * v.inner + i;
        const double before = sum;
        sum += x.number(at);
        set_number(y, at, exclusive ? before : sum);
      }
    }
  return call.give(std::move(y));
}

bool top_k(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  AxisView v;
  std::int64_t axis = call.node.integer("axis", -1);
  const std::int64_t k = call.opset < 10 ? call.node.integer("k", 0) : call.has(1) && call.at(1).elements() == 1 ? call.at(1).integer(0) : -1;
  if (!view_axis(x.shape, axis, v) || x.shape.empty() || k < 0 || k > static_cast<std::int64_t>(v.axis) || call.out.size() < 2) return call.fail("no such axis or k");
  normal_axis(axis, x.shape.size());
  const bool largest = call.node.integer("largest", 1) != 0;
  Shape shape = x.shape;
  shape[static_cast<std::size_t>(axis)] = k;
  std::vector<std::int64_t> from(element_count(shape).value_or(0));
  Tensor places = zeros(Type::i64, shape);
  std::vector<std::size_t> order(v.axis);
  for (std::size_t o = 0; o < v.outer; ++o)
    for (std::size_t i = 0; i < v.inner; ++i) {
      std::iota(order.begin(), order.end(), std::size_t{0});
      const auto value = [&](std::size_t a) { return x.number((o * v.axis + a) * v.inner + i); };
      std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return largest ? value(a) > value(b) : value(a) < value(b); });
      for (std::size_t j = 0; j < static_cast<std::size_t>(k); ++j) {
        const std::size_t at = (o * static_cast<std::size_t>(k) + j) * v.inner + i;
        from[at] = static_cast<std::int64_t>((o * v.axis + order[j]) * v.inner + i);
        set_integer(places, at, static_cast<std::int64_t>(order[j]));
      }
    }
  call.out[1] = std::move(places);
  return call.give(take(x, shape, from));
}

// (x - mean) / sqrt(variance + epsilon) within groups of elements
void normalise(std::vector<double>& x, const std::vector<std::size_t>& group, std::size_t groups, double epsilon, std::vector<double>& mean, std::vector<double>& inverse) {
  std::vector<double> count(groups, 0);
  mean.assign(groups, 0);
  inverse.assign(groups, 0);
  for (std::size_t i = 0; i < x.size(); ++i) mean[group[i]] += x[i], count[group[i]] += 1;
  for (std::size_t g = 0; g < groups; ++g) mean[g] /= count[g];
  for (std::size_t i = 0; i < x.size(); ++i) inverse[group[i]] += (x[i] - mean[group[i]]) * (x[i] - mean[group[i]]);
  for (std::size_t g = 0; g < groups; ++g) inverse[g] = 1 / std::sqrt(inverse[g] / count[g] + epsilon);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = (x[i] - mean[group[i]]) * inverse[group[i]];
}

bool batch_normalization(Call& call) {
  if (!call.needs(5)) return false;
  const Tensor& x = call.at(0);
  if (call.node.integer("training_mode", 0) != 0 || call.out.size() > 1) return call.unsupported("in training mode");
  if (x.shape.size() < 1) return call.fail("no channels");
  const std::size_t channels = x.shape.size() < 2 ? 1 : static_cast<std::size_t>(x.shape[1]);
  for (std::size_t i = 1; i < 5; ++i)
    if (call.at(i).elements() != channels) return call.fail("statistics of another size");
  std::size_t inner = 1;
  for (std::size_t d = 2; d < x.shape.size(); ++d) inner *= static_cast<std::size_t>(x.shape[d]);
  const double epsilon = call.node.number("epsilon", 1e-5F);
  Tensor y = zeros(x.type, x.shape);
  for (std::size_t i = 0; i < x.elements(); ++i) {
    const std::size_t c = i / inner % channels;
    set_number(y, i, (x.number(i) - call.at(3).number(c)) / std::sqrt(call.at(4).number(c) + epsilon) * call.at(1).number(c) + call.at(2).number(c));
  }
  return call.give(std::move(y));
}

bool instance_normalization(Call& call) {
  if (!call.needs(3)) return false;
  const Tensor& x = call.at(0);
  if (x.shape.size() < 3) return call.fail("no dimensions behind the channels");
  const std::size_t channels = static_cast<std::size_t>(x.shape[1]), groups = static_cast<std::size_t>(x.shape[0]) * channels;
  if (call.at(1).elements() != channels || call.at(2).elements() != channels || x.elements() == 0) return call.fail("a scale or bias of another size");
  std::vector<double> v = numbers_of(x), mean, inverse;
  std::vector<std::size_t> group(v.size());
  for (std::size_t i = 0; i < v.size(); ++i) group[i] = i / (v.size() / groups);
  normalise(v, group, groups, call.node.number("epsilon", 1e-5F), mean, inverse);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = v[i] * call.at(1).number(group[i] % channels) + call.at(2).number(group[i] % channels);
  return call.give(from_numbers(x.type, x.shape, v));
}

bool layer_normalization(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  std::int64_t axis = call.node.integer("axis", -1);
  if (!normal_axis(axis, x.shape.size()) || x.shape.empty() || x.elements() == 0) return call.fail("no such axis");
  std::size_t inner = 1;
  Shape outer = x.shape;
  for (auto d = static_cast<std::size_t>(axis); d < x.shape.size(); ++d) inner *= static_cast<std::size_t>(x.shape[d]), outer[d] = 1;
  std::vector<double> v = numbers_of(x), mean, inverse;
  std::vector<std::size_t> group(v.size());
  for (std::size_t i = 0; i < v.size(); ++i) group[i] = i / inner;
  normalise(v, group, v.size() / inner, call.node.number("epsilon", 1e-5F), mean, inverse);
  const auto fits = [&](const Tensor& t) { const auto s = common_shape({&x, &t}, call.limits.numbers); return s && *s == x.shape; };
  if (!fits(call.at(1)) || (call.has(2) && !fits(call.at(2)))) return call.fail("a scale or bias that does not fit");
  BroadcastWalk scale(call.at(1).shape, x.shape), bias(call.has(2) ? call.at(2).shape : Shape{}, x.shape);
  for (double& e : v) {
    e = e * call.at(1).number(scale.at()) + (call.has(2) ? call.at(2).number(bias.at()) : 0);
    scale.next();
    bias.next();
  }
  if (call.out.size() > 1) call.out[1] = from_numbers(Type::f32, outer, mean);
  if (call.out.size() > 2) call.out[2] = from_numbers(Type::f32, outer, inverse);
  return call.give(from_numbers(x.type, x.shape, v));
}

bool mean_variance_normalization(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  std::vector<std::int64_t> axes = call.node.integers("axes");
  if (axes.empty()) axes = {0, 2, 3};
  Reduction r;
  if (!plan(call, x.shape, axes, true, r)) return false;
  std::vector<double> v = numbers_of(x), mean, inverse;
  normalise(v, r.group, r.groups, 1e-9, mean, inverse);
  return call.give(from_numbers(x.type, x.shape, v));
}

bool local_response_normalization(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::int64_t size = call.node.integer("size", 0);
  if (x.shape.size() < 2 || size < 1) return call.fail("no channels or no size");
  const double alpha = call.node.number("alpha", 0.0001F), beta = call.node.number("beta", 0.75F), bias = call.node.number("bias", 1);
  AxisView v;
  view_axis(x.shape, 1, v);
  Tensor y = zeros(x.type, x.shape);
  for (std::size_t o = 0; o < v.outer; ++o)
    for (std::size_t c = 0; c < v.axis; ++c)
      for (std::size_t i = 0; i < v.inner; ++i) {
        double sum = 0;
        const auto low = std::max<std::int64_t>(0, static_cast<std::int64_t>(c) - (size - 1) / 2);
        const auto high = std::min(static_cast<std::int64_t>(v.axis) - 1, static_cast<std::int64_t>(c) + size / 2);
        for (std::int64_t k = low; k <= high; ++k) {
          const double e = x.number((o * v.axis + static_cast<std::size_t>(k)) * v.inner + i);
          sum += e * e;
        }
        const std::size_t at = (o * v.axis + c) * v.inner + i;
        set_number(y, at, x.number(at) / std::pow(bias + alpha / static_cast<double>(size) * sum, beta));
      }
  return call.give(std::move(y));
}

// Both losses: the negative log-likelihood of labels, from logarithms or (cross entropy) from scores.
bool loss(Call& call) {
  if (!call.needs(2)) return false;
  Tensor scores = call.at(0);
  const Tensor& labels = call.at(1);
  AxisView v;
  if (scores.shape.size() < 2 || !view_axis(scores.shape, 1, v) || labels.elements() != v.outer * v.inner || v.axis == 0) return call.fail("scores and labels that do not fit");
  std::vector<double> log = numbers_of(scores);
  if (call.node.op == "SoftmaxCrossEntropyLoss") {
    for (std::size_t o = 0; o < v.outer; ++o)
      for (std::size_t i = 0; i < v.inner; ++i) {
        double most = -INFINITY, sum = 0;
        for (std::size_t a = 0; a < v.axis; ++a) most = std::max(most, log[(o * v.axis + a) * v.inner + i]);
        for (std::size_t a = 0; a < v.axis; ++a) sum += std::exp(log[(o * v.axis + a) * v.inner + i] - most);
        for (std::size_t a = 0; a < v.axis; ++a) log[(o * v.axis + a) * v.inner + i] -= most + std::log(sum);
      }
    if (call.out.size() > 1) call.out[1] = from_numbers(scores.type, scores.shape, log);
  }
  const Attribute* ignored = call.node.attribute("ignore_index");
  const std::string reduction = call.node.text("reduction", "mean");
  std::vector<double> each(labels.elements(), 0);
  double total = 0, weights = 0;
  for (std::size_t n = 0; n < each.size(); ++n) {
    const std::int64_t label = labels.integer(n);
    if (ignored != nullptr && label == ignored->i) continue;
    if (label < 0 || label >= static_cast<std::int64_t>(v.axis)) return call.fail("a label out of range");
    const double w = call.has(2) && static_cast<std::size_t>(label) < call.at(2).elements() ? call.at(2).number(static_cast<std::size_t>(label)) : 1;
    each[n] = -w * log[(n / v.inner * v.axis + static_cast<std::size_t>(label)) * v.inner + n % v.inner];
    total += each[n];
    weights += w;
  }
  if (reduction == "none") return call.give(from_numbers(scores.type, labels.shape, each));
  return call.give(from_numbers(scores.type, {}, {reduction == "sum" ? total : total / weights}));
}

}  // namespace

void add_reduction_operators(Operators& operators) {
  for (const char* op : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"})
    operators[op] = reduce;
  operators.insert({{"ArgMax", arg}, {"ArgMin", arg}, {"Softmax", softmax}, {"LogSoftmax", softmax}, {"Hardmax", softmax},
                    {"CumSum", cumulative_sum}, {"TopK", top_k}, {"BatchNormalization", batch_normalization},
                    {"InstanceNormalization", instance_normalization}, {"LayerNormalization", layer_normalization},
                    {"MeanVarianceNormalization", mean_variance_normalization}, {"LRN", local_response_normalization},
                    {"NegativeLogLikelihoodLoss", loss}, {"SoftmaxCrossEntropyLoss", loss}});
}

}  // namespace duolex::tensor
