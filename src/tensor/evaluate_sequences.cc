// Sequences of values, and values that may be missing.
#include <algorithm>

#include "tensor/evaluation.h"
#include "tensor/operator_call.h"

namespace duolex::tensor {

namespace {

bool is_sequence(const Datum* d) { return d != nullptr && d->kind == Datum::Kind::sequence; }

Attribute attribute(const char* name, std::int64_t value) {
  Attribute a;
  a.name = name;
  a.i = value;
  a.type = 2;
  return a;
}

}  // namespace

bool Evaluation::concat(const Node& node, const Data& parts, std::int64_t axis, Datum& result) {
  Node join = node;
  join.op = "Concat";
  join.outputs = {"joined"};
  join.attributes = {attribute("axis", axis)};
  std::vector<const Tensor*> in;
  for (const Datum& d : parts) {
    if (d.kind != Datum::Kind::tensor) return fail(node, "not tested: operator " + node.op + ": a sequence of sequences");
    in.push_back(d.tensor.get());
  }
  if (in.empty()) return fail(node, node.op + ": nothing to join");
  Data made;
  if (!plain(join, in, made)) return false;
  result = std::move(made[0]);
  return true;
}

bool Evaluation::stack(const Node& node, const Data& parts, std::int64_t axis, const ValueInfo& declared, Datum& result) {
  if (parts.empty()) {  // of what was never made only the declaration is known
    Shape shape = declared.shape;
    for (std::int64_t& d : shape) d = std::max<std::int64_t>(d, 0);
    if (declared.type == Type::undefined || !normal_axis(axis, shape.size() + 1)) return fail(node, "not tested: operator " + node.op + ": no rounds, and a result without a declared type");
    shape.insert(shape.begin() + axis, 0);
    return hold(node, zeros(declared.type, shape), result);
  }
  Data wide;
  for (const Datum& d : parts) {
    if (d.kind != Datum::Kind::tensor) return fail(node, "not tested: operator " + node.op + ": results that are no tensors");
    std::int64_t at = axis;
    if (!normal_axis(at, d.tensor->shape.size() + 1)) return fail(node, node.op + ": no such axis");
    Tensor t = *d.tensor;
    t.shape.insert(t.shape.begin() + at, 1);
    if (!hold(node, std::move(t), wide.emplace_back())) return false;
  }
  std::int64_t at = axis;
  (void)normal_axis(at, wide[0].tensor->shape.size());
  return concat(node, wide, at, result);
}

bool Evaluation::slices(const Node& node, const Datum& from, std::int64_t axis, Data& parts) {
  const Tensor& x = *from.tensor;
  if (!normal_axis(axis, x.shape.size()) || x.shape.empty()) return fail(node, node.op + ": no such axis");
  Shape shape = x.shape;
  const std::int64_t length = shape[static_cast<std::size_t>(axis)];
  shape.erase(shape.begin() + axis);
  std::size_t inner = 1;
  for (auto d = static_cast<std::size_t>(axis); d < shape.size(); ++d) inner *= static_cast<std::size_t>(shape[d]);
  const std::size_t each = element_count(shape).value_or(0);
  for (std::int64_t i = 0; i < length; ++i) {
    if (!work(node, 1 + each)) return false;
    std::vector<std::int64_t> index(each);
    for (std::size_t e = 0; e < each; ++e)
      index[e] = static_cast<std::int64_t>((e / inner * static_cast<std::size_t>(length) + static_cast<std::size_t>(i)) * inner + e % inner);
    if (!hold(node, take(x, shape, index), parts.emplace_back())) return false;
  }
  return true;
}

bool Evaluation::sequence_construct(const Node& node, const Scope& scope, Data& out) {
  out[0].kind = Datum::Kind::sequence;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (tensor(node, scope, i) == nullptr) return false;
    out[0].parts.push_back(*input(node, scope, i));
  }
  return true;
}

bool Evaluation::sequence_empty(const Node&, const Scope&, Data& out) {
  out[0].kind = Datum::Kind::sequence;
  return true;
}

bool Evaluation::sequence_at(const Node& node, const Scope& scope, Data& out) {
  const Datum* from = input(node, scope, 0);
  std::int64_t i = 0;
  if (!is_sequence(from)) return fail(node, node.op + ": no sequence");
  if (!whole(node, scope, 1, i)) return false;
  const auto size = static_cast<std::int64_t>(from->parts.size());
  if (i < 0) i += size;
  if (i < 0 || i >= size) return fail(node, node.op + ": a place out of range");
  out[0] = from->parts[static_cast<std::size_t>(i)];
  return true;
}

bool Evaluation::sequence_insert(const Node& node, const Scope& scope, Data& out) {
  const Datum* from = input(node, scope, 0);
  if (!is_sequence(from) || tensor(node, scope, 1) == nullptr) return fail(node, node.op + ": no sequence");
  const auto size = static_cast<std::int64_t>(from->parts.size());
  std::int64_t i = size;
  if (input(node, scope, 2) != nullptr && !whole(node, scope, 2, i)) return false;
  if (i < 0) i += size;
  if (i < 0 || i > size) return fail(node, node.op + ": a place out of range");
  if (!work(node, from->parts.size())) return false;
  out[0] = *from;
  out[0].parts.insert(out[0].parts.begin() + i, *input(node, scope, 1));
  return true;
}

bool Evaluation::sequence_erase(const Node& node, const Scope& scope, Data& out) {
  const Datum* from = input(node, scope, 0);
  if (!is_sequence(from)) return fail(node, node.op + ": no sequence");
  const auto size = static_cast<std::int64_t>(from->parts.size());
  std::int64_t i = size - 1;
  if (input(node, scope, 1) != nullptr && !whole(node, scope, 1, i)) return false;
  if (i < 0) i += size;
  if (i < 0 || i >= size) return fail(node, node.op + ": a place out of range");
  if (!work(node, from->parts.size())) return false;
  out[0] = *from;
  out[0].parts.erase(out[0].parts.begin() + i);
  return true;
}

bool Evaluation::sequence_length(const Node& node, const Scope& scope, Data& out) {
  const Datum* from = input(node, scope, 0);
  if (!is_sequence(from)) return fail(node, node.op + ": no sequence");
  return hold(node, tensor_of<std::int64_t>(Type::i64, {}, {static_cast<std::int64_t>(from->parts.size())}), out[0]);
}

bool Evaluation::split_to_sequence(const Node& node, const Scope& scope, Data& out) {
  const Tensor* x = tensor(node, scope, 0);
  if (x == nullptr) return false;
  std::int64_t axis = node.integer("axis", 0);
  if (!normal_axis(axis, x->shape.size()) || x->shape.empty()) return fail(node, node.op + ": no such axis");
  const std::int64_t length = x->shape[static_cast<std::size_t>(axis)];
  out[0].kind = Datum::Kind::sequence;
  std::vector<std::int64_t> lengths;
  bool drop = false;
  if (const Datum* given = input(node, scope, 1); given != nullptr) {
    const Tensor* t = tensor(node, scope, 1);
    if (t == nullptr) return false;
    lengths = whole_numbers(*t);
    if (t->shape.empty()) {
      const std::int64_t each = lengths.empty() ? 0 : lengths[0];
      if (each < 1) return fail(node, node.op + ": parts that do not fit");
      lengths.clear();
      for (std::int64_t begin = 0; begin < length; begin += each) lengths.push_back(std::min(each, length - begin));
    }
  } else {
    lengths.assign(static_cast<std::size_t>(length), 1);
    drop = node.integer("keepdims", 1) == 0;
  }
  if (!work(node, lengths.size() + x->elements()) || lengths.size() > 1'000'000) return fail(node, node.op + ": too many parts");
  Node cut = node;
  cut.op = "Split";
  cut.inputs = {"x", "lengths"};
  cut.outputs.assign(lengths.size(), "part");
  cut.attributes = {attribute("axis", axis)};
  const Tensor sizes = integers(lengths);
  Data parts;
  if (lengths.empty()) return true;
  if (!plain(cut, {x, &sizes}, parts)) return false;
  for (Datum& d : parts) {
    if (drop) {
      Tensor t = *d.tensor;
      t.shape.erase(t.shape.begin() + axis);
      if (!hold(node, std::move(t), d)) return false;
    }
    out[0].parts.push_back(std::move(d));
  }
  return true;
}

bool Evaluation::concat_from_sequence(const Node& node, const Scope& scope, Data& out) {
  const Datum* from = input(node, scope, 0);
  if (!is_sequence(from)) return fail(node, node.op + ": no sequence");
  if (node.integer("new_axis", 0) != 0) return stack(node, from->parts, node.integer("axis", 0), {}, out[0]);
  return concat(node, from->parts, node.integer("axis", 0), out[0]);
}

bool Evaluation::sequence_map(const Node& node, const Scope& scope, Data& out) {
  const Attribute* a = node.attribute("body");
  const Datum* first = input(node, scope, 0);
  if (a == nullptr || a->graphs.empty() || !is_sequence(first)) return fail(node, "SequenceMap without its body or sequence");
  for (Datum& d : out) d.kind = Datum::Kind::sequence;
  for (std::size_t i = 0; i < first->parts.size(); ++i) {
    Data in, made;
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      const Datum* d = input(node, scope, k);
      if (d == nullptr || (is_sequence(d) && i >= d->parts.size())) return fail(node, "SequenceMap: sequences of different lengths");
      in.push_back(is_sequence(d) ? d->parts[i] : *d);
    }
    if (!body(node, *a->graphs[0], scope, std::move(in), made)) return false;
    if (made.size() < out.size()) return fail(node, "SequenceMap: a body with too few outputs");
    for (std::size_t k = 0; k < out.size(); ++k) out[k].parts.push_back(std::move(made[k]));
  }
  return true;
}

bool Evaluation::optional(const Node& node, const Scope& scope, Data& out) {
  out[0].kind = Datum::Kind::optional;
  if (const Datum* d = input(node, scope, 0); d != nullptr) out[0].parts.push_back(*d);
  return true;
}

bool Evaluation::optional_has_element(const Node& node, const Scope& scope, Data& out) {
  const Datum* d = input(node, scope, 0);
  const bool has = d != nullptr && (d->kind != Datum::Kind::optional || !d->parts.empty());
  return hold(node, Tensor{Type::boolean, {}, std::string(1, has ? '\1' : '\0'), {}}, out[0]);
}

bool Evaluation::optional_get_element(const Node& node, const Scope& scope, Data& out) {
  const Datum* d = input(node, scope, 0);
  if (d == nullptr || (d->kind == Datum::Kind::optional && d->parts.empty())) return fail(node, node.op + ": there is no element");
  out[0] = d->kind == Datum::Kind::optional ? Datum(d->parts[0]) : *d;
  return true;
}

bool Evaluation::identity(const Node& node, const Scope& scope, Data& out) {
  const Datum* d = input(node, scope, 0);
  if (d == nullptr) return fail(node, node.op + ": input 0 is missing");
  out[0] = *d;
  return true;
}

}  // namespace duolex::tensor
