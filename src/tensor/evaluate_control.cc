// If, Loop and Scan.
#include <algorithm>

#include "tensor/evaluation.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

namespace {

const Graph* graph_of(const Node& node, const char* name) {
  const Attribute* a = node.attribute(name);
  return a == nullptr || a->graphs.empty() ? nullptr : a->graphs[0].get();
}

Datum one(Type type, std::int64_t value) {
  Tensor t = zeros(type, {});
  if (type == Type::boolean) t.bytes[0] = value != 0 ? '\1' : '\0';
  else std::memcpy(t.bytes.data(), &value, sizeof value);
  return datum(std::move(t));
}

}  // namespace

bool Evaluation::if_(const Node& node, const Scope& scope, Data& out) {
  std::int64_t condition = 0;
  if (!whole(node, scope, 0, condition)) return false;
  const Graph* branch = graph_of(node, condition != 0 ? "then_branch" : "else_branch");
  if (branch == nullptr) return fail(node, "If without its branch");
  if (!body(node, *branch, scope, {}, out)) return false;
  return out.size() >= node.outputs.size() || fail(node, "If: a branch with too few outputs");
}

// body(iteration, condition, carried…) = condition, carried…, scanned…
bool Evaluation::loop(const Node& node, const Scope& scope, Data& out) {
  const Graph* inner = graph_of(node, "body");
  if (inner == nullptr) return fail(node, "Loop without its body");
  std::int64_t most = INT64_MAX, go_on = 1;
  if (input(node, scope, 0) != nullptr && !whole(node, scope, 0, most)) return false;
  if (input(node, scope, 1) != nullptr && !whole(node, scope, 1, go_on)) return false;
  const bool conditional = input(node, scope, 1) != nullptr;  // without one, what the body says of it is ignored
  const std::size_t carried = node.inputs.size() < 2 ? 0 : node.inputs.size() - 2;
  if (inner->outputs.size() < 1 + carried || inner->outputs.size() - 1 < node.outputs.size()) return fail(node, "Loop: a body with too few outputs");
  Data state;
  for (std::size_t i = 0; i < carried; ++i) {
    const Datum* d = input(node, scope, i + 2);
    state.push_back(d == nullptr ? Datum{Datum::Kind::optional, nullptr, {}} : *d);
  }
  std::vector<Data> scanned(inner->outputs.size() - 1 - carried);
  for (std::int64_t i = 0; i < most && go_on != 0; ++i) {
    Data in{one(Type::i64, i), one(Type::boolean, go_on)}, made;
    in.insert(in.end(), state.begin(), state.end());
    if (!body(node, *inner, scope, std::move(in), made)) return false;
    if (conditional) {
      if (made[0].kind != Datum::Kind::tensor || made[0].tensor->elements() != 1) return fail(node, "Loop: a condition that is not one number");
      go_on = made[0].tensor->integer(0);
    }
    for (std::size_t k = 0; k < carried; ++k) state[k] = std::move(made[1 + k]);
    for (std::size_t k = 0; k < scanned.size(); ++k) scanned[k].push_back(std::move(made[1 + carried + k]));
  }
  for (std::size_t k = 0; k < node.outputs.size(); ++k)
    if (k < carried) out[k] = std::move(state[k]);
    else if (!stack(node, scanned[k - carried], 0, inner->outputs[1 + k], out[k])) return false;
  return true;
}

// body(state…, element…) = state…, scanned…
bool Evaluation::scan_once(const Node& node, const Graph& inner, const Scope& scope, Data states, const Data& sequences,
                           const std::vector<std::int64_t>& axes, const std::vector<bool>& backward, std::size_t length, Data& out) {
  const std::size_t carried = states.size();
  if (inner.outputs.size() < carried) return fail(node, "Scan: a body with too few outputs");
  std::vector<Data> elements(sequences.size());
  for (std::size_t k = 0; k < sequences.size(); ++k)
    if (!slices(node, sequences[k], axes[k], elements[k])) return false;
  std::vector<Data> scanned(inner.outputs.size() - carried);
  for (std::size_t i = 0; i < length; ++i) {
    Data in = states, made;
    for (std::size_t k = 0; k < elements.size(); ++k) {
      if (elements[k].size() < length) return fail(node, "Scan: sequences of different lengths");
      in.push_back(elements[k][k < backward.size() && backward[k] ? length - 1 - i : i]);
    }
    if (!body(node, inner, scope, std::move(in), made)) return false;
    for (std::size_t k = 0; k < carried; ++k) states[k] = std::move(made[k]);
    for (std::size_t k = 0; k < scanned.size(); ++k) scanned[k].push_back(std::move(made[carried + k]));
  }
  const auto to = node.integers("scan_output_axes"), directions = node.integers("scan_output_directions");
  out.assign(std::max(node.outputs.size(), inner.outputs.size()), {});
  for (std::size_t k = 0; k < inner.outputs.size(); ++k) {
    if (k < carried) {
      out[k] = std::move(states[k]);
      continue;
    }
    const std::size_t s = k - carried;
    if (s < directions.size() && directions[s] != 0) std::reverse(scanned[s].begin(), scanned[s].end());
    if (!stack(node, scanned[s], s < to.size() ? to[s] : 0, inner.outputs[k], out[k])) return false;
  }
  return inner.outputs.size() >= node.outputs.size() || fail(node, "Scan: a body with too few outputs");
}

bool Evaluation::scan(const Node& node, const Scope& scope, Data& out) {
  if (model_.opset_of(node) < 9) return scan_with_batch(node, scope, out);
  const Graph* inner = graph_of(node, "body");
  const std::int64_t count = node.integer("num_scan_inputs", 0);
  if (inner == nullptr || count < 1 || static_cast<std::size_t>(count) > node.inputs.size()) return fail(node, "Scan without its body or inputs");
  const std::size_t carried = node.inputs.size() - static_cast<std::size_t>(count);
  Data states, sequences;
  auto axes = node.integers("scan_input_axes");
  axes.resize(static_cast<std::size_t>(count), 0);
  std::vector<bool> backward;
  for (const std::int64_t d : node.integers("scan_input_directions")) backward.push_back(d != 0);
  std::size_t length = 0;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const Tensor* t = tensor(node, scope, i);
    if (t == nullptr) return false;
    (i < carried ? states : sequences).push_back(*input(node, scope, i));
    if (i < carried) continue;
    if (!normal_axis(axes[i - carried], t->shape.size()) || t->shape.empty()) return fail(node, "Scan: no such axis");
    if (i == carried) length = static_cast<std::size_t>(t->shape[static_cast<std::size_t>(axes[0])]);
  }
  return scan_once(node, *inner, scope, std::move(states), sequences, axes, backward, length, out);
}

// Before opset 9: the first input holds lengths, and a batch comes first in every other.
bool Evaluation::scan_with_batch(const Node& node, const Scope& scope, Data& out) {
  const Graph* inner = graph_of(node, "body");
  const std::int64_t count = node.integer("num_scan_inputs", 0);
  if (inner == nullptr || count < 1 || static_cast<std::size_t>(count) + 1 > node.inputs.size()) return fail(node, "Scan without its body or inputs");
  if (input(node, scope, 0) != nullptr) return fail(node, "not tested: operator Scan: with lengths");
  const std::size_t carried = node.inputs.size() - 1 - static_cast<std::size_t>(count);
  std::vector<Data> batches;
  for (std::size_t i = 1; i < node.inputs.size(); ++i) {
    if (tensor(node, scope, i) == nullptr) return false;
    if (!slices(node, *input(node, scope, i), 0, batches.emplace_back())) return false;
    if (batches.back().empty() || batches.back().size() != batches[0].size()) return fail(node, "Scan: batches of different sizes");
  }
  std::vector<bool> backward;
  for (const std::int64_t d : node.integers("directions")) backward.push_back(d != 0);
  std::vector<Data> results(node.outputs.size());
  for (std::size_t b = 0; b < batches[0].size(); ++b) {
    Data states, sequences, made;
    for (std::size_t i = 0; i < batches.size(); ++i) (i < carried ? states : sequences).push_back(batches[i][b]);
    const Tensor& first = *sequences[0].tensor;
    if (first.shape.empty()) return fail(node, "Scan: no such axis");
    const std::vector<std::int64_t> axes(sequences.size(), 0);
    if (!scan_once(node, *inner, scope, std::move(states), sequences, axes, backward, static_cast<std::size_t>(first.shape[0]), made)) return false;
    for (std::size_t k = 0; k < results.size(); ++k) results[k].push_back(std::move(made[k]));
  }
  for (std::size_t k = 0; k < results.size(); ++k)
    if (!stack(node, results[k], 0, inner->outputs[k], out[k])) return false;
  return true;
}

}  // namespace duolex::tensor
