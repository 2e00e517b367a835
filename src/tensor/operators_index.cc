// Operators whose inputs say where elements come from or go to.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

// An index into a dimension; negative ones count from the end.
bool place(std::int64_t& index, std::int64_t size) {
  if (index < 0) index += size;
  return index >= 0 && index < size;
}

bool gather(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  std::int64_t axis = call.node.integer("axis", 0);
  AxisView v;
  if (!view_axis(x.shape, axis, v) || x.shape.empty()) return call.fail("no such axis");
  normal_axis(axis, x.shape.size());
  std::vector<std::int64_t> where = whole_numbers(call.at(1));
  for (std::int64_t& i : where)
    if (!place(i, static_cast<std::int64_t>(v.axis))) return call.fail("an index out of range");
  Shape shape(x.shape.begin(), x.shape.begin() + axis);
  shape.insert(shape.end(), call.at(1).shape.begin(), call.at(1).shape.end());
  shape.insert(shape.end(), x.shape.begin() + axis + 1, x.shape.end());
  if (!call.allows(shape)) return false;
  std::vector<std::int64_t> from;
  from.reserve(*element_count(shape));
  for (std::size_t o = 0; o < v.outer; ++o)
    for (const std::int64_t i : where)
      for (std::size_t n = 0; n < v.inner; ++n) from.push_back(static_cast<std::int64_t>((o * v.axis + static_cast<std::size_t>(i)) * v.inner + n));
  return call.give(take(x, shape, from));
}

bool gather_elements(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const Tensor& where = call.at(1);
  std::int64_t axis = call.node.integer("axis", 0);
  if (!normal_axis(axis, x.shape.size()) || where.shape.size() != x.shape.size() || x.shape.empty()) return call.fail("no such axis");
  const auto a = static_cast<std::size_t>(axis);
  for (std::size_t d = 0; d < x.shape.size(); ++d)
    if (d != a && where.shape[d] > x.shape[d]) return call.fail("more indices than elements");
  const auto steps = strides(x.shape);
  std::vector<std::int64_t> from(where.elements());
  Counter at(where.shape);
  for (std::size_t i = 0; i < from.size(); ++i, at.next()) {
    std::int64_t index = where.integer(i);
    if (!place(index, x.shape[a])) return call.fail("an index out of range");
    for (std::size_t d = 0; d < x.shape.size(); ++d) from[i] += (d == a ? index : at.at()[d]) * steps[d];
  }
  return call.give(take(x, where.shape, from));
}

bool gather_nd(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const Tensor& where = call.at(1);
  const auto batch = static_cast<std::size_t>(std::max<std::int64_t>(0, call.node.integer("batch_dims", 0)));
  if (where.shape.empty() || batch >= where.shape.size() || batch > x.shape.size()) return call.fail("indices that do not fit");
  const auto depth = static_cast<std::size_t>(where.shape.back());
  if (batch + depth > x.shape.size()) return call.fail("indices that do not fit");
  const auto steps = strides(x.shape);
  std::size_t inner = 1, per_batch = 1;
  Shape shape(where.shape.begin(), where.shape.end() - 1);
  for (std::size_t d = batch + depth; d < x.shape.size(); ++d) {
    inner *= static_cast<std::size_t>(x.shape[d]);
    shape.push_back(x.shape[d]);
  }
  for (std::size_t d = batch; d + 1 < where.shape.size(); ++d) per_batch *= static_cast<std::size_t>(where.shape[d]);
  if (!call.allows(shape)) return false;
  const std::size_t rows = depth == 0 ? 0 : where.elements() / depth;
  std::vector<std::int64_t> from;
  for (std::size_t r = 0; r < rows; ++r) {
    std::int64_t base = batch == 0 ? 0 : static_cast<std::int64_t>(r / per_batch) * steps[batch - 1];
    for (std::size_t k = 0; k < depth; ++k) {
      std::int64_t index = where.integer(r * depth + k);
      if (!place(index, x.shape[batch + k])) return call.fail("an index out of range");
      base += index * steps[batch + k];
    }
    for (std::size_t i = 0; i < inner; ++i) from.push_back(base + static_cast<std::int64_t>(i));
  }
  if (from.size() != element_count(shape).value_or(0)) return call.fail("indices that do not fit");
  return call.give(take(x, shape, from));
}

void put(Tensor& y, std::size_t at, const Tensor& from, std::size_t i, const std::string& reduction) {
  if (y.type == Type::string) {
    y.strings[at] = from.strings[i];
  } else if (reduction == "none") {
    std::memcpy(y.bytes.data() + at * size_of(y.type), from.bytes.data() + i * size_of(y.type), size_of(y.type));
  } else {
    const double a = y.number(at), b = from.number(i);
    set_number(y, at, reduction == "add" ? a + b : reduction == "mul" ? a * b : reduction == "max" ? std::max(a, b) : std::min(a, b));
  }
}

bool scatter_elements(Call& call) {
  if (!call.needs(3)) return false;
  Tensor y = call.at(0);
  const Tensor& where = call.at(1);
  std::int64_t axis = call.node.integer("axis", 0);
  if (!normal_axis(axis, y.shape.size()) || where.shape.size() != y.shape.size() || call.at(2).elements() != where.elements() || call.at(2).type != y.type || y.shape.empty())
    return call.fail("indices or updates that do not fit");
  const auto a = static_cast<std::size_t>(axis);
  for (std::size_t d = 0; d < y.shape.size(); ++d)
    if (d != a && where.shape[d] > y.shape[d]) return call.fail("more indices than elements");
  const auto steps = strides(y.shape);
  const std::string reduction = call.node.text("reduction", "none");
  Counter at(where.shape);
  for (std::size_t i = 0; i < where.elements(); ++i, at.next()) {
    std::int64_t index = where.integer(i), to = 0;
    if (!place(index, y.shape[a])) return call.fail("an index out of range");
    for (std::size_t d = 0; d < y.shape.size(); ++d) to += (d == a ? index : at.at()[d]) * steps[d];
    put(y, static_cast<std::size_t>(to), call.at(2), i, reduction);
  }
  return call.give(std::move(y));
}

bool scatter_nd(Call& call) {
  if (!call.needs(3)) return false;
  Tensor y = call.at(0);
  const Tensor& where = call.at(1);
  if (where.shape.empty() || where.shape.back() < 1 || where.shape.back() > static_cast<std::int64_t>(y.shape.size()) || call.at(2).type != y.type) return call.fail("indices that do not fit");
  const auto depth = static_cast<std::size_t>(where.shape.back());
  const auto steps = strides(y.shape);
  std::size_t inner = 1;
  for (std::size_t d = depth; d < y.shape.size(); ++d) inner *= static_cast<std::size_t>(y.shape[d]);
  const std::size_t rows = where.elements() / depth;
  if (call.at(2).elements() != rows * inner) return call.fail("updates that do not fit");
  for (std::size_t r = 0; r < rows; ++r) {
    std::int64_t base = 0;
    for (std::size_t k = 0; k < depth; ++k) {
      std::int64_t index = where.integer(r * depth + k);
      if (!place(index, y.shape[k])) return call.fail("an index out of range");
      base += index * steps[k];
    }
    for (std::size_t i = 0; i < inner; ++i) put(y, static_cast<std::size_t>(base) + i, call.at(2), r * inner + i, call.node.text("reduction", "none"));
  }
  return call.give(std::move(y));
}

bool one_hot(Call& call) {
  if (!call.needs(3)) return false;
  const Tensor& where = call.at(0);
  if (call.at(1).elements() != 1 || call.at(2).elements() != 2) return call.fail("a depth or values that do not fit");
  const std::int64_t depth = call.at(1).integer(0);
  std::int64_t axis = call.node.integer("axis", -1);
  if (!normal_axis(axis, where.shape.size() + 1) || depth < 0) return call.fail("no such axis");
  Shape shape = where.shape;
  shape.insert(shape.begin() + axis, depth);
  if (!call.allows(shape)) return false;
  AxisView v;
  view_axis(shape, axis, v);
  std::vector<std::int64_t> from(*element_count(shape), 0);
  for (std::size_t o = 0; o < v.outer; ++o)
    for (std::size_t i = 0; i < v.inner; ++i) {
      std::int64_t index = where.integer(o * v.inner + i);
      if (place(index, depth)) from[(o * v.axis + static_cast<std::size_t>(index)) * v.inner + i] = 1;
    }
  return call.give(take(call.at(2), shape, from));
}

bool non_zero(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  std::vector<std::vector<std::int64_t>> rows(x.shape.size());
  Counter at(x.shape);
  for (std::size_t i = 0; i < x.elements(); ++i, at.next())
    if (x.number(i) != 0)
      for (std::size_t d = 0; d < rows.size(); ++d) rows[d].push_back(at.at()[d]);
  std::vector<std::int64_t> all;
  for (const auto& r : rows) all.insert(all.end(), r.begin(), r.end());
  const auto n = static_cast<std::int64_t>(rows.empty() ? 0 : rows[0].size());
  return call.give(tensor_of(Type::i64, {static_cast<std::int64_t>(rows.size()), n}, all));
}

bool compress(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const bool flat = call.node.attribute("axis") == nullptr;
  AxisView v{1, x.elements(), 1};
  std::int64_t axis = call.node.integer("axis", 0);
  if (!flat && (!view_axis(x.shape, axis, v) || !normal_axis(axis, x.shape.size()))) return call.fail("no such axis");
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < std::min(call.at(1).elements(), v.axis); ++i)
    if (call.at(1).integer(i) != 0) kept.push_back(i);
  Shape shape = flat ? Shape{0} : x.shape;
  shape[flat ? 0 : static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(kept.size());
  std::vector<std::int64_t> from;
  for (std::size_t o = 0; o < v.outer; ++o)
    for (const std::size_t k : kept)
      for (std::size_t i = 0; i < v.inner; ++i) from.push_back(static_cast<std::int64_t>((o * v.axis + k) * v.inner + i));
  return call.give(take(x, shape, from));
}

bool trilu(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (x.shape.size() < 2) return call.fail("no matrix");
  const std::int64_t k = call.has(1) && call.at(1).elements() == 1 ? call.at(1).integer(0) : 0, columns = x.shape.back(), rows = x.shape[x.shape.size() - 2];
  if (k < -(std::int64_t{1} << 40) || k > (std::int64_t{1} << 40)) return call.fail("a diagonal out of range");
  const bool upper = call.node.integer("upper", 1) != 0;
  std::vector<std::int64_t> from(x.elements());
  for (std::size_t i = 0; i < from.size(); ++i) {
    const std::int64_t c = static_cast<std::int64_t>(i) % columns, r = static_cast<std::int64_t>(i) / columns % rows;
    from[i] = (upper ? c - r >= k : c - r <= k) ? static_cast<std::int64_t>(i) : -1;
  }
  return call.give(take(x, x.shape, from));
}

bool range(Call& call) {
  if (!call.needs(3)) return false;
  for (const Tensor* t : call.in)
    if (t->elements() != 1) return call.fail("bounds that are not one number");
  const double start = call.at(0).number(0), step = call.at(2).number(0), count = std::ceil((call.at(1).number(0) - start) / step);
  if (!(count < static_cast<double>(call.limits.numbers))) return call.fail("a range without end");
  const std::int64_t n = count > 0 ? static_cast<std::int64_t>(count) : 0;
  Tensor y = zeros(call.at(0).type, {n});
  for (std::int64_t i = 0; i < n; ++i)
    if (is_floating(y.type)) set_number(y, static_cast<std::size_t>(i), start + static_cast<double>(i) * step);
    else set_integer(y, static_cast<std::size_t>(i), call.at(0).integer(0) + i * call.at(2).integer(0));
  return call.give(std::move(y));
}

bool eye_like(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (x.shape.size() != 2) return call.fail("no matrix");
  const std::int64_t k = call.node.integer("k", 0);
  const auto type = call.node.attribute("dtype") != nullptr ? static_cast<Type>(call.node.integer("dtype", 1)) : x.type;
  if (size_of(type) == 0) return call.unsupported("of this type");
  Tensor y = zeros(type, x.shape);
  for (std::int64_t r = 0; r < x.shape[0]; ++r)
    if (r + k >= 0 && r + k < x.shape[1]) set_number(y, static_cast<std::size_t>(r * x.shape[1] + r + k), 1);
  return call.give(std::move(y));
}

bool reverse_sequence(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const std::int64_t time = call.node.integer("time_axis", 0), batch = call.node.integer("batch_axis", 1);
  if (x.shape.size() < 2 || time < 0 || time > 1 || batch != 1 - time || call.at(1).elements() != static_cast<std::size_t>(x.shape[static_cast<std::size_t>(batch)])) return call.fail("axes or lengths that do not fit");
  const auto steps = strides(x.shape);
  std::vector<std::int64_t> from(x.elements());
  Counter at(x.shape);
  for (std::int64_t& f : from) {
    const std::int64_t length = call.at(1).integer(static_cast<std::size_t>(at.at()[static_cast<std::size_t>(batch)]));
    if (length < 0 || length > x.shape[static_cast<std::size_t>(time)]) return call.fail("a length out of range");
    for (std::size_t d = 0; d < x.shape.size(); ++d) {
      std::int64_t i = at.at()[d];
      if (static_cast<std::int64_t>(d) == time && i < length) i = length - 1 - i;
      f += i * steps[d];
    }
    at.next();
  }
  return call.give(take(x, x.shape, from));
}

}  // namespace

void add_index_operators(Operators& operators) {
  operators.insert({{"Gather", gather}, {"GatherElements", gather_elements}, {"GatherND", gather_nd}, {"ScatterElements", scatter_elements},
                    {"Scatter", scatter_elements}, {"ScatterND", scatter_nd}, {"OneHot", one_hot}, {"NonZero", non_zero}, {"Compress", compress},
                    {"Trilu", trilu}, {"Range", range}, {"EyeLike", eye_like}, {"ReverseSequence", reverse_sequence}});
}

}  // namespace duolex::tensor
