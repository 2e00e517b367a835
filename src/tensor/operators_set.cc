// Operators that ask which elements are the same, and those on single bits.
#include <algorithm>
#include <numeric>

#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

// The distinct slices along an axis, or distinct elements, with where each is first, which each one is, and how often.
bool unique(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  const bool flat = call.node.attribute("axis") == nullptr, sorted = call.node.integer("sorted", 1) != 0;
  AxisView v{1, x.elements(), 1};
  std::int64_t axis = call.node.integer("axis", 0);
  if (!flat && (x.shape.empty() || !view_axis(x.shape, axis, v) || !normal_axis(axis, x.shape.size()))) return call.fail("no such axis");
  const auto compare = [&](std::size_t a, std::size_t b) {  // of slices: below, equal, above 0
    for (std::size_t o = 0; o < v.outer; ++o)
      for (std::size_t i = 0; i < v.inner; ++i) {
        const std::size_t p = (o * v.axis + a) * v.inner + i, q = (o * v.axis + b) * v.inner + i;
        if (x.type == Type::string) {
          if (const int c = x.strings[p].compare(x.strings[q]); c != 0) return c;
        } else if (is_floating(x.type)) {
          if (x.number(p) != x.number(q)) return x.number(p) < x.number(q) ? -1 : 1;
        } else if (x.integer(p) != x.integer(q)) {
          return (x.type == Type::u64 ? static_cast<std::uint64_t>(x.integer(p)) < static_cast<std::uint64_t>(x.integer(q)) : x.integer(p) < x.integer(q)) ? -1 : 1;
        }
      }
    return 0;
  };
  if (is_floating(x.type))
    for (std::size_t i = 0; i < x.elements(); ++i)
      if (x.number(i) != x.number(i)) return call.unsupported("of what is no number");
  std::vector<std::size_t> order(v.axis);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!call.work(v.axis * v.outer * v.inner * 24)) return false;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return compare(a, b) < 0; });
  std::vector<std::size_t> first;  // of each group, in the order of values
  std::vector<std::int64_t> which(v.axis, 0), counts;
  for (std::size_t k = 0; k < order.size(); ++k) {
    if (k == 0 || compare(order[k - 1], order[k]) != 0) {
      first.push_back(order[k]);
      counts.push_back(0);
    }
    which[order[k]] = static_cast<std::int64_t>(first.size()) - 1;
    ++counts.back();
  }
  if (!sorted) {  // by where they are first
    std::vector<std::size_t> by_place(first.size());
    std::iota(by_place.begin(), by_place.end(), std::size_t{0});
    std::sort(by_place.begin(), by_place.end(), [&](std::size_t a, std::size_t b) { return first[a] < first[b]; });
    std::vector<std::size_t> places;
    std::vector<std::int64_t> again(first.size()), many;
    for (std::size_t k = 0; k < by_place.size(); ++k) {
      again[by_place[k]] = static_cast<std::int64_t>(k);
      places.push_back(first[by_place[k]]);
      many.push_back(counts[by_place[k]]);
    }
    for (std::int64_t& w : which) w = again[static_cast<std::size_t>(w)];
    first = std::move(places);
    counts = std::move(many);
  }
  Shape shape = flat ? Shape{0} : x.shape;
  shape[flat ? 0 : static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(first.size());
  std::vector<std::int64_t> from;
  for (std::size_t o = 0; o < v.outer; ++o)
    for (const std::size_t f : first)
      for (std::size_t i = 0; i < v.inner; ++i) from.push_back(static_cast<std::int64_t>((o * v.axis + f) * v.inner + i));
  if (call.out.size() > 1) call.out[1] = integers({first.begin(), first.end()});
  if (call.out.size() > 2) call.out[2] = integers(which);
  if (call.out.size() > 3) call.out[3] = integers(counts);
  return call.give(take(x, shape, from));
}

bool bitwise(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& a = call.at(0);
  const Tensor& b = call.at(1);
  const auto shape = common_shape({&a, &b}, call.limits.numbers);
  if (!shape || a.type != b.type || !is_whole(a.type)) return call.fail("shapes or types that do not fit together");
  Tensor y = zeros(a.type, *shape);
  BroadcastWalk i(a.shape, *shape), j(b.shape, *shape);
  for (std::size_t k = 0; k < y.elements(); ++k, i.next(), j.next()) {
    const std::int64_t p = a.integer(i.at()), q = b.integer(j.at());
    set_integer(y, k, call.node.op == "BitwiseAnd" ? p & q : call.node.op == "BitwiseOr" ? p | q : p ^ q);
  }
  return call.give(std::move(y));
}

bool bitwise_not(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (!is_whole(x.type)) return call.unsupported(std::string("on ") + name_of(x.type));
  Tensor y = zeros(x.type, x.shape);
  for (std::size_t i = 0; i < x.elements(); ++i) set_integer(y, i, ~x.integer(i));
  return call.give(std::move(y));
}

}  // namespace

void add_set_operators(Operators& operators) {
  operators.insert({{"Unique", unique}, {"BitwiseAnd", bitwise}, {"BitwiseOr", bitwise}, {"BitwiseXor", bitwise}, {"BitwiseNot", bitwise_not}});
}

}  // namespace duolex::tensor
