// Operators that move elements and never look at them.
#include <algorithm>
#include <limits>

#include "tensor/operator_call.h"

namespace duolex::tensor {

std::vector<std::int64_t> whole_numbers(const Tensor& tensor) {
  std::vector<std::int64_t> values(tensor.elements());
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = tensor.integer(i);
  return values;
}

std::vector<std::int64_t> strides(const Shape& shape) {
  std::vector<std::int64_t> steps(shape.size(), 1);
  for (std::size_t d = shape.size(); d-- > 1;) steps[d - 1] = steps[d] * std::max<std::int64_t>(1, shape[d]);
  return steps;
}

bool normal_axis(std::int64_t& axis, std::size_t rank) {
  const auto r = static_cast<std::int64_t>(rank);
  if (axis < -r || axis >= std::max<std::int64_t>(r, 1)) return false;
  if (axis < 0) axis += r;
  return axis >= 0;
}

Tensor take(const Tensor& tensor, Shape shape, const std::vector<std::int64_t>& from, const Tensor* fill) {
  Tensor result = zeros(tensor.type, std::move(shape));
  if (tensor.type == Type::string) {
    for (std::size_t i = 0; i < from.size(); ++i)
      if (from[i] >= 0) result.strings[i] = tensor.strings[static_cast<std::size_t>(from[i])];
      else if (fill != nullptr && !fill->strings.empty()) result.strings[i] = fill->strings[0];
    return result;
  }
  const std::size_t size = size_of(tensor.type);
  for (std::size_t i = 0; i < from.size(); ++i) {
    const char* source = from[i] >= 0 ? tensor.bytes.data() + static_cast<std::size_t>(from[i]) * size
                         : fill != nullptr && fill->type == tensor.type && !fill->bytes.empty() ? fill->bytes.data() : nullptr;
    if (source != nullptr) std::memcpy(result.bytes.data() + i * size, source, size);
  }
  return result;
}

namespace {

bool reshaped(Call& call, Shape shape) {
  const auto n = element_count(shape);
  if (!n || *n != call.at(0).elements())
    return call.fail("shape " + to_string(call.at(0).shape) + " cannot become " + to_string(shape));
  Tensor result = call.at(0);
  result.shape = std::move(shape);
  return call.give(std::move(result));
}

bool identity(Call& call) { return call.needs(1) && call.give(call.at(0)); }

bool reshape(Call& call) {
  if (!call.needs(1)) return false;
  Shape shape = call.has(1) ? whole_numbers(call.at(1)) : call.node.integers("shape");
  const Shape& from = call.at(0).shape;
  std::size_t open = shape.size();
  std::int64_t known = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (shape[d] == 0 && call.node.integer("allowzero", 0) == 0) {
      if (d >= from.size()) return call.fail("a dimension to copy that is not there");
      shape[d] = from[d];
    }
    if (shape[d] == -1) {
      if (open != shape.size()) return call.fail("two open dimensions");
      open = d;
    } else if (shape[d] < 0 || (known != 0 && shape[d] > (std::int64_t{1} << 40) / known)) {
      return call.fail("no shape: " + to_string(shape));
    } else {
      known *= shape[d];
    }
  }
  if (open != shape.size()) {
    const auto n = static_cast<std::int64_t>(call.at(0).elements());
    if (known == 0 || n % known != 0) return call.fail("shape " + to_string(from) + " cannot become " + to_string(shape));
    shape[open] = n / known;
  }
  return reshaped(call, shape);
}

bool flatten(Call& call) {
  if (!call.needs(1)) return false;
  const Shape& shape = call.at(0).shape;
  std::int64_t axis = call.node.integer("axis", 1), outer = 1, inner = 1;
  if (axis < 0) axis += static_cast<std::int64_t>(shape.size());
  if (axis < 0 || axis > static_cast<std::int64_t>(shape.size())) return call.fail("no such axis");
  for (std::size_t d = 0; d < shape.size(); ++d) (static_cast<std::int64_t>(d) < axis ? outer : inner) *= shape[d];
  return reshaped(call, {outer, inner});
}

bool squeeze(Call& call) {
  if (!call.needs(1)) return false;
  const Shape& from = call.at(0).shape;
  std::vector<std::int64_t> axes = call.has(1) ? whole_numbers(call.at(1)) : call.node.integers("axes");
  const bool every = !call.has(1) && call.node.attribute("axes") == nullptr;
  std::vector<bool> drop(from.size(), false);
  for (std::int64_t axis : axes) {
    if (!normal_axis(axis, from.size()) || from.empty()) return call.fail("no such axis");
    if (from[static_cast<std::size_t>(axis)] != 1) return call.fail("a dimension to drop that is not 1");
    drop[static_cast<std::size_t>(axis)] = true;
  }
  Shape shape;
  for (std::size_t d = 0; d < from.size(); ++d)
    if (every ? from[d] != 1 : !drop[d]) shape.push_back(from[d]);
  return reshaped(call, shape);
}

bool unsqueeze(Call& call) {
  if (!call.needs(1)) return false;
  const Shape& from = call.at(0).shape;
  const std::vector<std::int64_t> axes = call.has(1) ? whole_numbers(call.at(1)) : call.node.integers("axes");
  const std::size_t rank = from.size() + axes.size();
  if (rank > 64) return call.fail("too many dimensions");
  std::vector<bool> added(rank, false);
  for (std::int64_t axis : axes) {
    if (!normal_axis(axis, rank) || added[static_cast<std::size_t>(axis)]) return call.fail("no such axis");
    added[static_cast<std::size_t>(axis)] = true;
  }
  Shape shape;
  std::size_t next = 0;
  for (std::size_t d = 0; d < rank; ++d) shape.push_back(added[d] ? 1 : from[next++]);
  return reshaped(call, shape);
}

bool transpose(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::size_t rank = x.shape.size();
  std::vector<std::int64_t> order = call.node.integers("perm");
  if (order.empty())
    for (std::size_t d = rank; d-- > 0;) order.push_back(static_cast<std::int64_t>(d));
  std::vector<bool> seen(rank, false);
  if (order.size() != rank) return call.fail("perm does not name every dimension once");
  Shape shape;
  const auto steps = strides(x.shape);
  std::vector<std::int64_t> step;
  for (const std::int64_t d : order) {
    if (d < 0 || d >= static_cast<std::int64_t>(rank) || seen[static_cast<std::size_t>(d)]) return call.fail("perm does not name every dimension once");
    seen[static_cast<std::size_t>(d)] = true;
    shape.push_back(x.shape[static_cast<std::size_t>(d)]);
    step.push_back(steps[static_cast<std::size_t>(d)]);
  }
  std::vector<std::int64_t> from(x.elements());
  Counter at(shape);
  for (std::int64_t& f : from) {
    f = 0;
    for (std::size_t d = 0; d < rank; ++d) f += at.at()[d] * step[d];
    at.next();
  }
  return call.give(take(x, shape, from));
}

bool slice(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const bool old = call.opset < 10;
  const auto starts = old ? call.node.integers("starts") : call.has(1) ? whole_numbers(call.at(1)) : std::vector<std::int64_t>{};
  const auto ends = old ? call.node.integers("ends") : call.has(2) ? whole_numbers(call.at(2)) : std::vector<std::int64_t>{};
  std::vector<std::int64_t> axes = old ? call.node.integers("axes") : call.has(3) ? whole_numbers(call.at(3)) : std::vector<std::int64_t>{};
  std::vector<std::int64_t> steps = call.has(4) ? whole_numbers(call.at(4)) : std::vector<std::int64_t>(starts.size(), 1);
  if (axes.empty())
    for (std::size_t i = 0; i < starts.size(); ++i) axes.push_back(static_cast<std::int64_t>(i));
  if (ends.size() != starts.size() || axes.size() != starts.size() || steps.size() != starts.size()) return call.fail("starts, ends, axes and steps differ in number");
  const std::size_t rank = x.shape.size();
  Shape shape = x.shape;
  std::vector<std::int64_t> first(rank, 0), step(rank, 1);
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!normal_axis(axes[i], rank) || rank == 0) return call.fail("no such axis");
    const auto d = static_cast<std::size_t>(axes[i]);
    const std::int64_t size = x.shape[d], by = steps[i];
    if (by == 0 || by == std::numeric_limits<std::int64_t>::min()) return call.fail("a step of 0");
    const auto bounded = [size](std::int64_t v, std::int64_t low, std::int64_t high) {
      if (v < 0) v = v < -size ? low : v + size;
      return std::clamp(v, low, high);
    };
    std::int64_t begin = 0, end = 0;
    if (by > 0) {
      begin = bounded(starts[i], 0, size);
      end = bounded(ends[i], 0, size);
      shape[d] = end <= begin ? 0 : (end - begin - 1) / by + 1;
    } else {
      begin = bounded(starts[i], 0, size - 1);
      end = ends[i] < 0 ? (ends[i] < -size ? -1 : ends[i] + size) : std::min(ends[i], size - 1);
      shape[d] = begin <= end || size == 0 ? 0 : (begin - end - 1) / -by + 1;
    }
    first[d] = begin;
    step[d] = by;
  }
  const auto n = element_count(shape, call.limits.numbers);
  if (!n) return call.allows(shape);
  std::vector<std::int64_t> from(*n);
  const auto jump = strides(x.shape);
  Counter at(shape);
  for (std::int64_t& f : from) {
    f = 0;
    for (std::size_t d = 0; d < rank; ++d) f += (first[d] + at.at()[d] * step[d]) * jump[d];
    at.next();
  }
  return call.give(take(x, shape, from));
}

bool concat(Call& call) {
  if (!call.needs(std::max<std::size_t>(1, call.in.size()))) return false;
  std::int64_t axis = call.node.integer("axis", 1);
  const Tensor& first = call.at(0);
  if (!normal_axis(axis, first.shape.size()) || first.shape.empty()) return call.fail("no such axis");
  const auto a = static_cast<std::size_t>(axis);
  Shape shape = first.shape;
  shape[a] = 0;
  for (std::size_t i = 0; i < call.in.size(); ++i) {
    const Tensor& x = call.at(i);
    if (x.type != first.type || x.shape.size() != shape.size()) return call.fail("inputs of different types or ranks");
    for (std::size_t d = 0; d < shape.size(); ++d)
      if (d != a && x.shape[d] != first.shape[d]) return call.fail("inputs of shapes that do not fit together");
    shape[a] += x.shape[a];
    if (shape[a] > (std::int64_t{1} << 40)) return call.fail("too large");
  }
  if (!call.allows(shape)) return false;
  std::size_t outer = 1, inner = 1;
  for (std::size_t d = 0; d < shape.size(); ++d) (d < a ? outer : inner) *= d == a ? 1 : static_cast<std::size_t>(shape[d]);
  Tensor result = zeros(first.type, shape);
  const std::size_t size = size_of(first.type), row = static_cast<std::size_t>(shape[a]) * inner;
  std::size_t begin = 0;
  for (const Tensor* x : call.in) {
    const std::size_t part = static_cast<std::size_t>(x->shape[a]) * inner;
    for (std::size_t o = 0; o < outer; ++o) {
      if (first.type == Type::string)
        std::copy_n(x->strings.begin() + static_cast<std::ptrdiff_t>(o * part), part, result.strings.begin() + static_cast<std::ptrdiff_t>(o * row + begin));
      else if (part != 0)
        std::memcpy(result.bytes.data() + (o * row + begin) * size, x->bytes.data() + o * part * size, part * size);
    }
    begin += part;
  }
  return call.give(std::move(result));
}

bool split(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  std::int64_t axis = call.node.integer("axis", 0);
  if (!normal_axis(axis, x.shape.size()) || x.shape.empty()) return call.fail("no such axis");
  const auto a = static_cast<std::size_t>(axis);
  std::vector<std::int64_t> parts = call.has(1) ? whole_numbers(call.at(1)) : call.node.integers("split");
  if (parts.empty()) {
    const auto count = static_cast<std::int64_t>(call.out.size());
    const std::int64_t each = (x.shape[a] + count - 1) / count;
    for (std::int64_t i = 0; i < count; ++i) parts.push_back(std::clamp<std::int64_t>(x.shape[a] - i * each, 0, each));
  }
  if (parts.size() != call.out.size()) return call.fail("as many parts as outputs are needed");
  const auto steps = strides(x.shape);
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] < 0 || begin + parts[i] > x.shape[a]) return call.fail("parts that do not fit");
    Shape shape = x.shape;
    shape[a] = parts[i];
    std::vector<std::int64_t> from(element_count(shape).value_or(0));
    Counter at(shape);
    for (std::int64_t& f : from) {
      f = begin * steps[a];
      for (std::size_t d = 0; d < shape.size(); ++d) f += at.at()[d] * steps[d];
      at.next();
    }
    call.out[i] = take(x, shape, from);
    begin += parts[i];
  }
  return begin == x.shape[a] || call.fail("parts that do not fill the dimension");
}

bool shape_operator(Call& call) {
  if (!call.needs(1)) return false;
  const Shape& shape = call.at(0).shape;
  const auto rank = static_cast<std::int64_t>(shape.size());
  const auto bound = [rank](std::int64_t v) { return std::clamp<std::int64_t>(v < 0 ? v + rank : v, 0, rank); };
  const std::int64_t start = bound(call.node.integer("start", 0)), end = bound(call.node.integer("end", rank));
  std::vector<std::int64_t> part;
  for (std::int64_t i = start; i < end; ++i) part.push_back(shape[static_cast<std::size_t>(i)]);
  return call.give(integers(part));
}

bool size_operator(Call& call) {
  return call.needs(1) && call.give(tensor_of<std::int64_t>(Type::i64, {}, {static_cast<std::int64_t>(call.at(0).elements())}));
}

bool constant(Call& call) {
  const Node& node = call.node;
  if (const Attribute* a = node.attribute("value"); a != nullptr && !a->tensors.empty()) return call.give(a->tensors[0]);
  if (const Attribute* a = node.attribute("value_float")) return call.give(tensor_of<float>(Type::f32, {}, {a->f}));
  if (const Attribute* a = node.attribute("value_int")) return call.give(tensor_of<std::int64_t>(Type::i64, {}, {a->i}));
  if (const Attribute* a = node.attribute("value_floats")) return call.give(tensor_of(Type::f32, {static_cast<std::int64_t>(a->floats.size())}, a->floats));
  if (const Attribute* a = node.attribute("value_ints")) return call.give(integers(a->ints));
  return call.unsupported("a constant of this kind");
}

bool constant_of_shape(Call& call) {
  if (!call.needs(1)) return false;
  Tensor value = tensor_of<float>(Type::f32, {1}, {0});
  if (const Attribute* a = call.node.attribute("value"); a != nullptr && !a->tensors.empty()) value = a->tensors[0];
  const Shape shape = whole_numbers(call.at(0));
  if (value.elements() != 1) return call.fail("a value that is not one number");
  if (!call.allows(shape)) return false;
  return call.give(take(value, shape, std::vector<std::int64_t>(*element_count(shape), 0)));
}

bool expand(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  Shape shape = whole_numbers(call.at(1));
  while (shape.size() < x.shape.size()) shape.insert(shape.begin(), 1);
  const std::size_t extra = shape.size() - x.shape.size();
  const auto steps = strides(x.shape);
  std::vector<std::int64_t> step(shape.size(), 0);
  for (std::size_t d = extra; d < shape.size(); ++d) {
    const std::int64_t have = x.shape[d - extra];
    if (shape[d] == 1 || shape[d] == have) shape[d] = have;
    else if (have != 1) return call.fail("shape " + to_string(x.shape) + " does not expand to " + to_string(shape));
    if (have != 1) step[d] = steps[d - extra];
  }
  if (!call.allows(shape)) return false;
  std::vector<std::int64_t> from(*element_count(shape));
  Counter at(shape);
  for (std::int64_t& f : from) {
    f = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) f += at.at()[d] * step[d];
    at.next();
  }
  return call.give(take(x, shape, from));
}

bool tile(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const auto repeats = whole_numbers(call.at(1));
  if (repeats.size() != x.shape.size()) return call.fail("as many repeats as dimensions are needed");
  Shape shape = x.shape;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    if (repeats[d] < 0 || repeats[d] > (std::int64_t{1} << 31)) return call.fail("no repeat");
    shape[d] = shape[d] > (std::int64_t{1} << 31) ? -1 : shape[d] * repeats[d];
  }
  if (!call.allows(shape)) return false;
  const auto steps = strides(x.shape);
  std::vector<std::int64_t> from(*element_count(shape));
  Counter at(shape);
  for (std::int64_t& f : from) {
    f = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) f += at.at()[d] % x.shape[d] * steps[d];
    at.next();
  }
  return call.give(take(x, shape, from));
}

bool pad(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::size_t rank = x.shape.size();
  const auto given = call.opset < 11 ? call.node.integers("pads") : call.has(1) ? whole_numbers(call.at(1)) : std::vector<std::int64_t>{};
  std::vector<std::int64_t> axes;
  if (call.has(3)) axes = whole_numbers(call.at(3));
  else
    for (std::size_t d = 0; d < rank; ++d) axes.push_back(static_cast<std::int64_t>(d));
  if (given.size() != 2 * axes.size()) return call.fail("two pads for each dimension are needed");
  const std::string mode = call.node.text("mode", "constant");
  if (mode != "constant" && mode != "reflect" && mode != "edge") return call.unsupported("mode " + mode);
  std::vector<std::int64_t> before(rank, 0);
  Shape shape = x.shape;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (!normal_axis(axes[i], rank)) return call.fail("no such axis");
    const auto d = static_cast<std::size_t>(axes[i]);
    const std::int64_t low = given[i], high = given[i + axes.size()], most = std::int64_t{1} << 40;
    if (low > most || high > most || low < -most || high < -most) return call.fail("pads that are too large");
    before[d] = low;
    shape[d] += low + high;
    if (shape[d] < 0) return call.fail("pads that leave nothing");
  }
  if (!call.allows(shape)) return false;
  Tensor fill = zeros(x.type, {1});
  if (call.opset < 11) {
    const float v = call.node.number("value", 0);
    if (x.type == Type::f32) fill.as<float>()[0] = v;
    else if (x.type == Type::f64) fill.as<double>()[0] = v;
    else if (v != 0) return call.unsupported("a value for this type");
  } else if (call.has(2) && call.at(2).elements() == 1) {
    if (call.at(2).type == x.type) fill = call.at(2);
    else return call.fail("a fill of another type");
  }
  const auto steps = strides(x.shape);
  std::vector<std::int64_t> from(*element_count(shape));
  Counter at(shape);
  for (std::int64_t& f : from) {
    f = 0;
    for (std::size_t d = 0; d < rank && f >= 0; ++d) {
      const std::int64_t size = x.shape[d];
      std::int64_t i = at.at()[d] - before[d];
      if (i < 0 || i >= size) {
        if (mode == "constant" || size == 0) {
          f = -1;
          break;
        }
        if (mode == "edge") {
          i = std::clamp<std::int64_t>(i, 0, size - 1);
        } else if (size == 1) {
          i = 0;
        } else {
          const std::int64_t period = 2 * (size - 1);
          i = ((i % period) + period) % period;
          if (i >= size) i = period - i;
        }
      }
      f += i * steps[d];
    }
    at.next();
  }
  return call.give(take(x, shape, from, &fill));
}

bool depth_to_space(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::int64_t b = call.node.integer("blocksize", 0);
  const bool depth_first = call.node.text("mode", "DCR") == "DCR";
  if (x.shape.size() != 4 || b < 1 || b > 65536 || x.shape[1] % (b * b) != 0) return call.fail("a block size that does not fit");
  const std::int64_t c = x.shape[1] / (b * b), h = x.shape[2], w = x.shape[3];
  const Shape shape{x.shape[0], c, h * b, w * b};
  std::vector<std::int64_t> from(x.elements());
  Counter at(shape);
  for (std::int64_t& f : from) {
    const Shape& i = at.at();
    const std::int64_t block = i[2] % b * b + i[3] % b;
    const std::int64_t channel = depth_first ? block * c + i[1] : i[1] * b * b + block;
    f = ((i[0] * x.shape[1] + channel) * h + i[2] / b) * w + i[3] / b;
    at.next();
  }
  return call.give(take(x, shape, from));
}

bool space_to_depth(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const std::int64_t b = call.node.integer("blocksize", 0);
  const bool depth_first = call.node.text("mode", "DCR") == "DCR";
  if (x.shape.size() != 4 || b < 1 || b > 65536 || x.shape[2] % b != 0 || x.shape[3] % b != 0) return call.fail("a block size that does not fit");
  const std::int64_t c = x.shape[1], h = x.shape[2], w = x.shape[3];
  const Shape shape{x.shape[0], c * b * b, h / b, w / b};
  std::vector<std::int64_t> from(x.elements());
  Counter at(shape);
  for (std::int64_t& f : from) {
    const Shape& i = at.at();
    const std::int64_t block = depth_first ? i[1] / c : i[1] % (b * b), channel = depth_first ? i[1] % c : i[1] / (b * b);
    f = ((i[0] * c + channel) * h + i[2] * b + block / b) * w + i[3] * b + block % b;
    at.next();
  }
  return call.give(take(x, shape, from));
}

}  // namespace

void add_shape_operators(Operators& operators) {
  operators.insert({{"Identity", identity}, {"Reshape", reshape}, {"Flatten", flatten}, {"Squeeze", squeeze},
                    {"Unsqueeze", unsqueeze}, {"Transpose", transpose}, {"Slice", slice}, {"Concat", concat}, {"Split", split},
                    {"Shape", shape_operator}, {"Size", size_operator}, {"Constant", constant},
                    {"ConstantOfShape", constant_of_shape}, {"Expand", expand}, {"Tile", tile}, {"Pad", pad},
                    {"DepthToSpace", depth_to_space}, {"SpaceToDepth", space_to_depth}});
}

}  // namespace duolex::tensor
