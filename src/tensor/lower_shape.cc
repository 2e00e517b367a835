// Operators that rearrange elements, and those that gather several into one.
#include <algorithm>
#include <numeric>

#include "tensor/interpret.h"
#include "tensor/lowering.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

bool Lowering::same(const Node& node) {
  if (is_constant(node, 0)) return unsupported(node, "with a constant first input");
  if (node.op == "Dropout" && has(node, 2)) {
    const bool in_use = is_constant(node, 2) && constant(node, 2).elements() == 1 && constant(node, 2).integer(0) == 0;
    const bool drops_nothing = has(node, 1) && is_constant(node, 1) && constant(node, 1).elements() == 1 && constant(node, 1).number(0) == 0;
    if (!in_use && !drops_nothing) return unsupported(node, "in training mode");
  }
  names_[node.outputs[0]] = Operand(operand(node, 0));
  if (node.outputs.size() > 1 && !node.outputs[1].empty()) return true;  // Dropout's mask: whoever uses it fails
  return true;
}

bool Lowering::shape_of(const Node& node) {
  const Tensor stand_in{Type::boolean, shape(node, 0), std::string(element_count(shape(node, 0), options_.frame_limit).value_or(0), '\0'), {}};
  auto results = evaluate(model_.file, node, model_.opset_of(node), {&stand_in});
  if (!results) {
    errors_ = results.error();
    return false;
  }
  bind(node.outputs[0], std::move((*results)[0]));
  return true;
}

bool Lowering::resize(const Node& node) {
  std::vector<const Tensor*> in(node.inputs.size(), nullptr);
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (!has(node, i)) continue;
    if (!is_constant(node, i)) return unsupported(node, "to a size that depends on the input");
    in[i] = operand(node, i).constant.get();
  }
  std::vector<Tensor> none(1);
  InterpretLimits limits;
  limits.numbers = options_.frame_limit;
  Call call{node, model_.opset_of(node), in, none, limits};
  ResizeRows rows;
  if (!resize_rows(call, shape(node, 0), options_.weight_limit, rows)) return fail(node, call.error.starts_with("not tested") ? call.error : node.op + ": " + call.error);
  if (!charge(node, 3 * rows.index.size() + rows.begin.size())) return false;
  std::size_t value = operand(node, 0).value;
  if (std::all_of(rows.weight.begin(), rows.weight.end(), [](double w) { return w == 1; }) && rows.index.size() + 1 == rows.begin.size())
    return output(node, Gather{std::move(rows.index), 0}, {value}, rows.to);
  return output(node, Sparse{std::move(rows.begin), std::move(rows.index), std::move(rows.weight)}, {value}, rows.to);
}

// The interpreter runs the operator on the elements' numbers instead of their values: where each number ends up is
// the index table. Number 0 stands for what the operator fills in.
bool Lowering::rearrange(const Node& node) {
  const bool all_data = node.op == "Concat";
  std::vector<Tensor> numbers(node.inputs.size());
  std::vector<const Tensor*> in(node.inputs.size(), nullptr);
  std::vector<std::size_t> values;
  std::int64_t next = 1;
  double fill = 0;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!has(node, i)) continue;
    const bool data = all_data || i == 0;
    if (!data && !is_constant(node, i)) return unsupported(node, "where to that depends on the input");
    if (!data && node.op == "Pad" && i == 2) {
      fill = constant(node, i).elements() == 1 ? constant(node, i).number(0) : 0;
      continue;
    }
    if (!data) {
      in[i] = operand(node, i).constant.get();
      continue;
    }
    std::size_t value = operand(node, i).value;
    if (is_constant(node, i) && (!all_data || !materialise(node, operand(node, i), value))) return all_data ? false : unsupported(node, "of a constant");
    values.push_back(value);
    numbers[i] = zeros(Type::i64, shape(node, i));
    for (std::size_t e = 0; e < numbers[i].elements(); ++e) numbers[i].as<std::int64_t>()[e] = next++;
    in[i] = &numbers[i];
  }
  Node plain = node;  // the fill of older opsets is an attribute
  if (node.op == "Pad" && model_.opset_of(node) < 11) {
    fill = node.number("value", 0);
    std::erase_if(plain.attributes, [](const Attribute& a) { return a.name == "value"; });
  }
  InterpretLimits limits;
  limits.numbers = options_.frame_limit;
  auto results = evaluate(model_.file, plain, model_.opset_of(node), in, limits);
  if (!results) {
    errors_ = results.error();
    return false;
  }
  for (std::size_t o = 0; o < node.outputs.size(); ++o) {
    if (node.outputs[o].empty()) continue;
    const Tensor& moved = (*results)[o];
    if (moved.type != Type::i64) return unsupported(node, "an output that is no part of its input");
    Gather gather{std::vector<std::int32_t>(moved.elements()), fill};
    bool unmoved = values.size() == 1 && gather.from.size() == program_.values[values[0]].features;
    for (std::size_t e = 0; e < gather.from.size(); ++e) {
      gather.from[e] = static_cast<std::int32_t>(moved.as<std::int64_t>()[e] - 1);
      unmoved = unmoved && gather.from[e] == static_cast<std::int32_t>(e);
    }
    if (unmoved) bind(node.outputs[o], values[0], moved.shape);
    else if (!charge(node, gather.from.size()) || gather.from.empty()) return gather.from.empty() ? unsupported(node, "an empty result") : false;
    else {
      std::size_t value = 0;
      if (!add(node, std::move(gather), values, moved.elements(), value)) return false;
      bind(node.outputs[o], value, moved.shape);
    }
  }
  return true;
}

bool Lowering::pool(const Node& node) {
  const Shape from = shape(node, 0);
  if (from.size() < 3) return fail(node, node.op + ": no dimensions to pool over");
  const bool global = node.op.starts_with("Global"), maximum = node.op.ends_with("MaxPool");
  if (node.outputs.size() > 1 && !node.outputs[1].empty()) return unsupported(node, "with indices");
  Window w;
  if (global) {
    w.from.assign(from.begin() + 2, from.end());
    w.kernel = w.from;
    w.to.assign(w.from.size(), 1);
    w.stride = w.dilation = w.to;
    w.before.assign(w.from.size(), 0);
    w.after = w.before;
  } else if (!window(node, from, {}, w)) {
    return false;
  }
  const bool counts_padding = node.integer("count_include_pad", 0) != 0;
  const std::size_t rank = w.from.size();
  Shape to{1, from[1]};
  to.insert(to.end(), w.to.begin(), w.to.end());
  const auto n = element_count(to, options_.frame_limit), taps = element_count(w.kernel, options_.frame_limit);
  if (!n || !taps || *taps == 0 || !charge(node, *n) || *n * *taps > options_.weight_limit || !charge(node, 2 * *n * *taps)) return n && taps ? false : fail(node, "too large");
  const auto steps = strides(w.from);
  const std::int64_t plane = static_cast<std::int64_t>(element_count(w.from).value_or(0));
  std::vector<std::uint32_t> begin{0};
  std::vector<std::int32_t> index;
  std::vector<double> weight;
  Counter at(to);
  for (std::size_t o = 0; o < *n; ++o, at.next()) {
    Counter tap(w.kernel);
    std::size_t counted = 0;
    for (std::size_t t = 0; t < *taps; ++t, tap.next()) {
      std::int64_t i = at.at()[1] * plane;
      bool inside = true, in_padding = true;
      for (std::size_t d = 0; d < rank; ++d) {
        const std::int64_t s = at.at()[d + 2] * w.stride[d] + tap.at()[d] * w.dilation[d] - w.before[d];
        inside = inside && s >= 0 && s < w.from[d];
        in_padding = in_padding && s < w.from[d] + w.after[d];
        i += s * steps[d];
      }
      if (inside) index.push_back(static_cast<std::int32_t>(i));
      counted += inside || (counts_padding && in_padding) ? 1 : 0;
    }
    if (index.size() == begin.back()) return unsupported(node, "a window that sees padding only");
    weight.resize(index.size(), 1.0 / static_cast<double>(counted));
    begin.push_back(static_cast<std::uint32_t>(index.size()));
  }
  const std::size_t value = operand(node, 0).value;
  if (maximum) return output(node, Maximum{std::move(begin), std::move(index)}, {value}, to);
  return output(node, Sparse{std::move(begin), std::move(index), std::move(weight)}, {value}, to);
}

bool Lowering::reduce(const Node& node) {
  const Shape from = shape(node, 0);
  std::vector<std::int64_t> axes = node.integers("axes");
  if (has(node, 1)) {
    if (!is_constant(node, 1)) return unsupported(node, "axes that depend on the input");
    axes = whole_numbers(constant(node, 1));
  }
  if (axes.empty() && node.integer("noop_with_empty_axes", 0) != 0) return same(node);
  std::vector<bool> reduced(from.size(), axes.empty());
  for (std::int64_t axis : axes) {
    if (!normal_axis(axis, from.size()) || from.empty()) return fail(node, node.op + ": no such axis");
    reduced[static_cast<std::size_t>(axis)] = true;
  }
  Shape kept, inner, to;
  std::vector<std::int64_t> kept_step, inner_step;
  const auto steps = strides(from);
  const bool keep = node.integer("keepdims", 1) != 0;
  for (std::size_t d = 0; d < from.size(); ++d) {
    (reduced[d] ? inner : kept).push_back(from[d]);
    (reduced[d] ? inner_step : kept_step).push_back(steps[d]);
    if (!reduced[d] || keep) to.push_back(reduced[d] ? 1 : from[d]);
  }
  const std::size_t n = element_count(kept).value_or(0), taps = element_count(inner).value_or(0);
  if (n == 0 || taps == 0 || !charge(node, 2 * n * taps + n)) return n == 0 || taps == 0 ? fail(node, node.op + ": nothing to reduce") : false;
  std::vector<std::uint32_t> begin{0};
  std::vector<std::int32_t> index;
  Counter at(kept);
  for (std::size_t o = 0; o < n; ++o, at.next()) {
    Counter tap(inner);
    for (std::size_t t = 0; t < taps; ++t, tap.next()) {
      std::int64_t i = 0;
      for (std::size_t d = 0; d < kept.size(); ++d) i += at.at()[d] * kept_step[d];
      for (std::size_t d = 0; d < inner.size(); ++d) i += tap.at()[d] * inner_step[d];
      index.push_back(static_cast<std::int32_t>(i));
    }
    begin.push_back(static_cast<std::uint32_t>(index.size()));
  }
  std::size_t value = operand(node, 0).value;
  if (node.op == "ReduceMax") return output(node, Maximum{std::move(begin), std::move(index)}, {value}, to);
  if (node.op == "ReduceMin") {
    const auto turn = [](std::size_t count) { return Scale{std::vector<double>(count, -1), std::vector<double>(count, 0), {}, {}}; };
    const std::size_t all = program_.values[value].features;
    return charge(node, 4 * (n + all)) && add(node, turn(all), {value}, all, value) &&
           add(node, Maximum{std::move(begin), std::move(index)}, {value}, n, value) && output(node, turn(n), {value}, to);
  }
  std::vector<double> weight(index.size(), node.op == "ReduceMean" ? 1.0 / static_cast<double>(taps) : 1.0);
  return output(node, Sparse{std::move(begin), std::move(index), std::move(weight)}, {value}, to);
}

}  // namespace duolex::tensor
