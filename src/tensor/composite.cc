#include "tensor/composite.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "tensor/lowering.h"
#include "tensor/numbers.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {
namespace {

constexpr std::int64_t version = 13;  // of ONNX, in which the parts are meant

Attribute ints(const std::string& name, std::vector<std::int64_t> values) {
  Attribute a;
  a.name = name;
  a.ints = std::move(values);
  a.type = 7;
  return a;
}
Attribute number(const std::string& name, std::int64_t value) {
  Attribute a;
  a.name = name;
  a.i = value;
  a.type = 2;
  return a;
}

class Maker {
 public:
  Maker(const Node& of, std::int64_t in_opset, const std::vector<Part>& parts, std::vector<Node>& nodes, std::string& why)
      : whole(of), opset(in_opset), parts_(parts), nodes_(nodes), why_(why) {}

  const Node& whole;
  const std::int64_t opset;

  [[nodiscard]] bool has(std::size_t i) const { return i < parts_.size() && parts_[i].given; }
  [[nodiscard]] const Part& part(std::size_t i) const { return parts_[i]; }
  [[nodiscard]] const Shape& shape(std::size_t i) const { return parts_[i].shape; }
  bool lacks(const std::string& what) {
    why_ = "not tested: operator " + whole.op + ": " + what;
    return false;
  }
  bool fail(const std::string& what) {
    why_ = whole.op + ": " + what;
    return false;
  }

  std::string node(const char* op, std::vector<std::string> inputs, std::vector<Attribute> attributes = {}) {
    const std::string name = whole.outputs[0] + "/" + whole.op + "/" + std::to_string(nodes_.size());
    emit(op, std::move(inputs), name, std::move(attributes));
    return name;
  }
  std::string constant(Tensor tensor) {
    Attribute a;
    a.name = "value";
    a.tensors.push_back(std::move(tensor));
    a.type = 4;
    return node("Constant", {}, {a});
  }
  // Of the type that is worked in.
  std::string real(Shape shape, const std::vector<double>& values) { return constant(from_numbers(parts_[0].type == Type::f64 ? Type::f64 : Type::f32, std::move(shape), values)); }
  std::string scalar(double v) { return real({}, {v}); }
  // Input i in single precision, or double where it is that.
  std::string in(std::size_t i) { return wide(i) ? node("Cast", {whole.inputs[i]}, {number("to", 1)}) : whole.inputs[i]; }
  std::string reshaped(const std::string& x, const Shape& to) { return node("Reshape", {x, constant(integers(to))}); }
  std::string mean(const std::string& x, const std::vector<std::int64_t>& axes) { return node("ReduceMean", {x}, {ints("axes", axes)}); }
  bool give(const std::string& x, std::size_t output = 0) {
    if (output >= whole.outputs.size() || whole.outputs[output].empty()) return true;
    if (wide(0)) emit("Cast", {x}, whole.outputs[output], {number("to", static_cast<std::int64_t>(parts_[0].type))});
    else emit("Identity", {x}, whole.outputs[output], {});
    return true;
  }

 private:
  // Half precision is worked on in single precision.
  [[nodiscard]] bool wide(std::size_t i) const { return parts_[i].type == Type::f16 || parts_[i].type == Type::bf16; }
  void emit(const char* op, std::vector<std::string> inputs, const std::string& output, std::vector<Attribute> attributes) {
    Node n;
    n.name = whole.name.empty() ? output : whole.name;
    n.op = op;
    n.inputs = std::move(inputs);
    n.outputs = {output};
    n.attributes = std::move(attributes);
    n.offset = whole.offset;
    n.version = version;
    nodes_.push_back(std::move(n));
  }

  const std::vector<Part>& parts_;
  std::vector<Node>& nodes_;
  std::string& why_;
};

// (x - mean) / sqrt(variance + epsilon) over some axes; the mean and the deviation where they are asked for.
std::string normalised(Maker& m, const std::string& x, const std::vector<std::int64_t>& axes, double epsilon, std::string* mean = nullptr, std::string* deviation = nullptr) {
  const std::string middle = m.mean(x, axes), off = m.node("Sub", {x, middle});
  const std::string spread = m.node("Sqrt", {m.node("Add", {m.mean(m.node("Pow", {off, m.scalar(2)}), axes), m.scalar(epsilon)})});
  if (mean != nullptr) *mean = middle;
  if (deviation != nullptr) *deviation = spread;
  return m.node("Div", {off, spread});
}

std::vector<std::int64_t> axes_from(std::int64_t first, std::size_t rank) {
  std::vector<std::int64_t> axes;
  for (std::int64_t a = first; a < static_cast<std::int64_t>(rank); ++a) axes.push_back(a);
  return axes;
}

bool layer_norm(Maker& m) {
  const std::size_t rank = m.shape(0).size();
  std::int64_t axis = m.whole.integer("axis", -1);
  if (!m.has(1) || rank == 0 || !normal_axis(axis, rank)) return m.fail("no scale, or no such axis");
  std::string mean, deviation;
  std::string y = m.node("Mul", {normalised(m, m.in(0), axes_from(axis, rank), static_cast<double>(m.whole.number("epsilon", 1e-5F)), &mean, &deviation), m.in(1)});
  if (m.has(2)) y = m.node("Add", {y, m.in(2)});
  if (m.whole.outputs.size() > 2) m.give(m.node("Reciprocal", {deviation}), 2);
  return m.give(mean, 1) && m.give(y);
}

bool rms_norm(Maker& m) {
  const std::size_t rank = m.shape(0).size();
  std::int64_t axis = m.whole.integer("axis", -1);
  if (!m.has(1) || rank == 0 || !normal_axis(axis, rank)) return m.fail("no scale, or no such axis");
  const std::string x = m.in(0), square = m.mean(m.node("Pow", {x, m.scalar(2)}), axes_from(axis, rank));
  const std::string size = m.node("Sqrt", {m.node("Add", {square, m.scalar(static_cast<double>(m.whole.number("epsilon", 1e-5F)))})});
  return m.give(m.node("Mul", {m.node("Div", {x, size}), m.in(1)}));
}

// A scale or bias of one number a channel, beside what has `rank` dimensions.
std::string by_channel(Maker& m, std::size_t i, std::size_t rank) {
  Shape shape(rank, 1);
  shape[1] = -1;
  return m.reshaped(m.in(i), shape);
}

bool instance_norm(Maker& m) {
  const std::size_t rank = m.shape(0).size();
  if (!m.has(2) || rank < 3) return m.lacks("of " + std::to_string(rank) + " dimensions");
  const std::string n = normalised(m, m.in(0), axes_from(2, rank), static_cast<double>(m.whole.number("epsilon", 1e-5F)));
  return m.give(m.node("Add", {m.node("Mul", {n, by_channel(m, 1, rank)}), by_channel(m, 2, rank)}));
}

bool group_norm(Maker& m) {
  const Shape& x = m.shape(0);
  const std::int64_t groups = m.whole.integer("num_groups", 0);
  if (!m.has(2) || x.size() < 2 || groups < 1 || x[1] % groups != 0) return m.fail("groups that do not fit");
  if (m.opset < 21) return m.lacks("before opset 21, with a scale for each group");
  const std::string grouped = m.reshaped(m.in(0), {x[0], groups, -1});
  const std::string n = m.reshaped(normalised(m, grouped, {2}, static_cast<double>(m.whole.number("epsilon", 1e-5F))), x);
  return m.give(m.node("Add", {m.node("Mul", {n, by_channel(m, 1, x.size())}), by_channel(m, 2, x.size())}));
}

bool lp_norm(Maker& m) {
  const std::int64_t p = m.whole.integer("p", 2);
  std::int64_t axis = m.whole.integer("axis", -1);
  if (m.shape(0).empty() || !normal_axis(axis, m.shape(0).size()) || (p != 1 && p != 2)) return m.fail("no such axis or norm");
  const std::string x = m.in(0), along = m.constant(integers({axis}));
  const std::string sum = m.node("ReduceSum", {p == 1 ? m.node("Abs", {x}) : m.node("Pow", {x, m.scalar(2)}), along});
  // What is nothing throughout stays so.
  return m.give(m.node("Div", {x, m.node("Clip", {p == 1 ? sum : m.node("Sqrt", {sum}), m.scalar(1e-30)})}));
}

bool swish(Maker& m) {
  const std::string x = m.in(0);
  const auto alpha = static_cast<double>(m.whole.number("alpha", 1));
  const std::string y = m.node("Mul", {x, m.node("Sigmoid", {alpha == 1 ? x : m.node("Mul", {x, m.scalar(alpha)})})});
  if (m.whole.op == "Swish") return m.give(y);
  if (!m.has(1) || m.shape(1) != m.shape(0)) return m.fail("two inputs of one shape are needed");
  return m.give(m.node("Mul", {y, m.in(1)}));
}

bool gelu(Maker& m) {
  const std::string approximate = m.whole.text("approximate", "none");
  if (approximate != "tanh") return m.lacks("approximated by " + approximate);
  const std::string x = m.in(0), cube = m.node("Mul", {m.node("Pow", {x, m.scalar(3)}), m.scalar(0.044715)});
  const std::string t = m.node("Tanh", {m.node("Mul", {m.node("Add", {x, cube}), m.scalar(std::sqrt(2 / std::acos(-1.0)))})});
  return m.give(m.node("Mul", {m.node("Mul", {x, m.scalar(0.5)}), m.node("Add", {t, m.scalar(1)})}));
}

// ReduceL1, ReduceL2, ReduceSumSquare, by the sum.
bool reduce(Maker& m) {
  std::vector<std::string> inputs = {m.in(0)};
  std::vector<Attribute> attributes = {number("keepdims", m.whole.integer("keepdims", 1)), number("noop_with_empty_axes", m.whole.integer("noop_with_empty_axes", 0))};
  if (m.has(1)) inputs.push_back(m.whole.inputs[1]);
  else if (const auto axes = m.whole.integers("axes"); !axes.empty()) inputs.push_back(m.constant(integers(axes)));
  inputs[0] = m.whole.op == "ReduceL1" ? m.node("Abs", {inputs[0]}) : m.node("Pow", {inputs[0], m.scalar(2)});
  const std::string sum = m.node("ReduceSum", inputs, attributes);
  return m.give(m.whole.op == "ReduceL2" ? m.node("Sqrt", {sum}) : sum);
}

// b + max(a - b, 0), and a - max(a - b, 0).
bool extreme(Maker& m) {
  if (m.whole.inputs.size() == 1) return m.give(m.in(0));
  std::string a = m.in(0);
  for (std::size_t i = 1; i < m.whole.inputs.size(); ++i) {
    const std::string b = m.in(i), over = m.node("Relu", {m.node("Sub", {a, b})});
    a = m.whole.op == "Max" ? m.node("Add", {b, over}) : m.node("Sub", {a, over});
  }
  return m.give(a);
}

// Where the choice does not depend on the input: each side by its share of 1 or 0, and what is known added as it is.
bool where(Maker& m) {
  if (!m.has(2)) return m.fail("three inputs are needed");
  const Tensor* const choice = m.part(0).known;
  if (choice == nullptr) return m.lacks("a choice that depends on the input");
  auto shape = broadcast_shape(m.shape(0), m.shape(1));
  if (shape) shape = broadcast_shape(*shape, m.shape(2));
  const auto count = shape ? element_count(*shape, std::size_t{1} << 28) : std::nullopt;
  if (!count) return m.fail("inputs that do not fit");
  const std::vector<double> first = broadcast_numbers(*choice, *shape);
  std::string sum;
  for (const std::size_t side : {std::size_t{1}, std::size_t{2}}) {
    std::vector<double> share(*count);
    for (std::size_t i = 0; i < *count; ++i) share[i] = (first[i] != 0) == (side == 1) ? 1 : 0;
    std::string term;
    if (const Tensor* const known = m.part(side).known) {
      const std::vector<double> values = broadcast_numbers(*known, *shape);
      for (std::size_t i = 0; i < *count; ++i) share[i] = share[i] != 0 ? values[i] : 0;
      term = m.real(*shape, share);
    } else {
      term = m.node("Mul", {m.in(side), m.real(*shape, share)});
    }
    sum = sum.empty() ? term : m.node("Add", {sum, term});
  }
  return m.give(sum);
}

// What is added to the scores before the softmax: the mask and, where it is asked for, minus infinity above the diagonal.
bool bias(Maker& m, std::int64_t queries, std::int64_t keys, std::string& added) {
  const bool causal = m.whole.integer("is_causal", 0) != 0;
  if (!m.has(3) && !causal) return true;
  Shape shape = {queries, keys};
  std::vector<double> values(static_cast<std::size_t>(queries * keys), 0);
  constexpr double never = -std::numeric_limits<double>::infinity();
  if (m.has(3)) {
    const Tensor* const mask = m.part(3).known;
    if (mask == nullptr) return m.lacks("a mask that depends on the input");
    if (mask->shape.empty() || mask->shape.back() != keys) return m.lacks("a mask that is shorter than what it masks");
    const auto common = broadcast_shape(shape, mask->shape);
    if (!common || !element_count(*common, std::size_t{1} << 26)) return m.fail("a mask that does not fit");
    shape = *common;
    values = broadcast_numbers(*mask, shape);
    if (mask->type == Type::boolean)
      for (double& v : values) v = v != 0 ? 0 : never;
  }
  const auto q = static_cast<std::size_t>(queries), k = static_cast<std::size_t>(keys);
  if (causal)
    for (std::size_t i = 0; i < values.size(); ++i)
      if (i % k > i / k % q) values[i] = never;
  for (std::size_t row = 0; row * k < values.size(); ++row)
    if (std::all_of(values.begin() + static_cast<std::ptrdiff_t>(row * k), values.begin() + static_cast<std::ptrdiff_t>((row + 1) * k), [](double v) { return v == never; }))
      return m.lacks("a row that is masked throughout: versions of ONNX disagree on it");
  added = m.real(shape, values);
  return true;
}

bool attention(Maker& m) {
  if (!m.has(2)) return m.fail("queries, keys and values are needed");
  const Shape q = m.shape(0), k = m.shape(1), v = m.shape(2);
  if (q.size() != k.size() || q.size() != v.size() || (q.size() != 3 && q.size() != 4)) return m.fail("inputs of 3 or 4 dimensions are needed");
  if (m.has(4) != m.has(5)) return m.fail("past keys without past values");
  if (m.has(6)) return m.lacks("padded keys");
  if (m.whole.integer("left_window_size", -1) >= 0 || m.whole.integer("right_window_size", -1) >= 0) return m.lacks("a sliding window");
  const auto softcap = static_cast<double>(m.whole.number("softcap", 0));
  const bool causal = m.whole.integer("is_causal", 0) != 0;
  if (softcap != 0 && (m.has(3) || causal)) return m.lacks("softcap with a mask: versions of ONNX disagree on the order");
  if (causal && m.has(4)) return m.lacks("causal with past keys: versions of ONNX disagree on the diagonal");
  const bool flat = q.size() == 3;
  const std::int64_t heads = flat ? m.whole.integer("q_num_heads", 0) : q[1], kv_heads = flat ? m.whole.integer("kv_num_heads", 0) : k[1];
  if (heads < 1 || kv_heads < 1 || heads % kv_heads != 0 || (flat && (q[2] % heads != 0 || k[2] % kv_heads != 0 || v[2] % kv_heads != 0)) || (!flat && v[1] != kv_heads))
    return m.fail("heads that do not fit");
  // In heads: batch, head, place, number.
  const auto in_heads = [&](std::size_t i, const Shape& s, std::int64_t n) {
    return flat ? m.node("Transpose", {m.reshaped(m.in(i), {s[0], s[1], n, s[2] / n})}, {ints("perm", {0, 2, 1, 3})}) : m.in(i);
  };
  const std::int64_t width = flat ? q[2] / heads : q[3], v_width = flat ? v[2] / kv_heads : v[3], queries = flat ? q[1] : q[2];
  std::int64_t keys = flat ? k[1] : k[2];
  std::string query = in_heads(0, q, heads), key = in_heads(1, k, kv_heads), value = in_heads(2, v, kv_heads);
  if (m.has(4)) {
    if (m.shape(4).size() != 4 || m.shape(5).size() != 4) return m.fail("past keys and values of 4 dimensions are needed");
    key = m.node("Concat", {m.in(4), key}, {number("axis", 2)});
    value = m.node("Concat", {m.in(5), value}, {number("axis", 2)});
    keys += m.shape(4)[2];
  }
  m.give(key, 1);
  m.give(value, 2);
  const auto repeated = [&](const std::string& x, std::int64_t last) {
    if (heads == kv_heads) return x;
    const std::string one = m.reshaped(x, {q[0], kv_heads, 1, keys, last});
    return m.reshaped(m.node("Expand", {one, m.constant(integers({q[0], kv_heads, heads / kv_heads, keys, last}))}), {q[0], heads, keys, last});
  };
  key = repeated(key, flat ? k[2] / kv_heads : k[3]);
  value = repeated(value, v_width);
  const Attribute* const given = m.whole.attribute("scale");
  const double scale = given != nullptr ? static_cast<double>(given->f) : 1 / std::sqrt(static_cast<double>(width));
  std::string scores = m.node("MatMul", {m.node("Mul", {query, m.scalar(scale)}), m.node("Transpose", {key}, {ints("perm", {0, 1, 3, 2})})});
  const std::int64_t shown = m.whole.integer("qk_matmul_output_mode", 0);
  if (shown == 0) m.give(scores, 3);
  if (softcap != 0) scores = m.node("Mul", {m.node("Tanh", {m.node("Mul", {scores, m.scalar(1 / softcap)})}), m.scalar(softcap)});
  if (shown == 1) m.give(scores, 3);
  std::string added;
  if (!bias(m, queries, keys, added)) return false;
  if (!added.empty()) scores = m.node("Add", {scores, added});
  if (shown == 2) m.give(scores, 3);
  scores = m.node("Softmax", {scores}, {number("axis", 3)});
  if (shown == 3) m.give(scores, 3);
  std::string y = m.node("MatMul", {scores, value});
  if (flat) y = m.reshaped(m.node("Transpose", {y}, {ints("perm", {0, 2, 1, 3})}), {q[0], queries, heads * v_width});
  return m.give(y);
}

// Pairs of numbers of a head turned by an angle for each place.
bool rotary(Maker& m) {
  const Shape x = m.shape(0);
  if (!m.has(2) || (x.size() != 3 && x.size() != 4)) return m.fail("an input of 3 or 4 dimensions and two caches are needed");
  const bool flat = x.size() == 3;
  const std::int64_t heads = flat ? m.whole.integer("num_heads", 0) : x[1], places = flat ? x[1] : x[2], width = flat && heads > 0 ? x[2] / heads : x.back();
  if (heads < 1 || (flat && x[2] % heads != 0)) return m.fail("heads that do not fit");
  const std::int64_t declared = m.whole.integer("rotary_embedding_dim", 0), turned = declared == 0 ? width : declared, half = turned / 2;
  if (turned > width || turned < 2 || turned % 2 != 0) return m.fail("numbers to be turned that do not fit");
  const auto cache = [&](std::size_t i) {
    // batch (or 1), places, half of the numbers; one head for all.
    std::string c = m.in(i);
    if (m.has(3)) c = m.node("Gather", {c, m.whole.inputs[3]}, {number("axis", 0)});
    return m.node("Unsqueeze", {c, m.constant(integers({2}))});
  };
  const std::string cosine = cache(1), sine = cache(2);
  std::string y = m.in(0);
  y = flat ? m.reshaped(y, {x[0], places, heads, width}) : m.node("Transpose", {y}, {ints("perm", {0, 2, 1, 3})});
  const bool interleaved = m.whole.integer("interleaved", 0) != 0;
  const auto slice = [&](std::int64_t from, std::int64_t to, std::int64_t step) {
    return m.node("Slice", {y, m.constant(integers({from})), m.constant(integers({to})), m.constant(integers({3})), m.constant(integers({step}))});
  };
  const std::string a = interleaved ? slice(0, turned, 2) : slice(0, half, 1), b = interleaved ? slice(1, turned, 2) : slice(half, turned, 1);
  std::string real = m.node("Sub", {m.node("Mul", {a, cosine}), m.node("Mul", {b, sine})}), imaginary = m.node("Add", {m.node("Mul", {a, sine}), m.node("Mul", {b, cosine})});
  std::string both;
  if (interleaved) {
    const Shape one = {x[0], places, heads, half, 1};
    both = m.reshaped(m.node("Concat", {m.reshaped(real, one), m.reshaped(imaginary, one)}, {number("axis", 4)}), {x[0], places, heads, turned});
  } else {
    both = m.node("Concat", {real, imaginary}, {number("axis", 3)});
  }
  if (turned < width) both = m.node("Concat", {both, slice(turned, width, 1)}, {number("axis", 3)});
  return m.give(flat ? m.reshaped(both, x) : m.node("Transpose", {both}, {ints("perm", {0, 2, 1, 3})}));
}

using Composer = bool (*)(Maker&);
const std::map<std::string, Composer>& composers() {
  static const std::map<std::string, Composer> table{{"Attention", attention}, {"Gelu", gelu}, {"GroupNormalization", group_norm}, {"InstanceNormalization", instance_norm},
                                                     {"LayerNormalization", layer_norm}, {"LpNormalization", lp_norm}, {"Max", extreme}, {"Min", extreme},
                                                     {"RMSNormalization", rms_norm}, {"ReduceL1", reduce}, {"ReduceL2", reduce}, {"ReduceSumSquare", reduce},
                                                     {"RotaryEmbedding", rotary}, {"SwiGLU", swish}, {"Swish", swish}, {"Where", where}};
  return table;
}

}  // namespace

bool only_in_parts(const Node& node) { return node.op == "Gelu" && node.text("approximate", "none") != "none"; }

bool is_composite(const std::string& op) { return composers().contains(op); }

std::vector<std::string> composite_operators() {
  std::vector<std::string> names;
  for (const auto& entry : composers()) names.push_back(entry.first);
  return names;
}

bool compose(const Node& node, std::int64_t opset, const std::vector<Part>& inputs, std::vector<Node>& nodes, std::string& why) {
  Maker maker(node, opset, inputs, nodes, why);
  if (inputs.empty() || !inputs[0].given || node.outputs.empty() || node.outputs[0].empty()) return maker.fail("no first input or output");
  return composers().at(node.op)(maker);
}

}  // namespace duolex::tensor
