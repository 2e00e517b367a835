// Matrix products in their forms, Einsum and determinants.
#include <algorithm>
#include <cmath>

#include "tensor/sums.h"

namespace duolex::tensor {

namespace {

bool matrix_product(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& a = call.at(0);
  const Tensor& b = call.at(1);
  Product2 plan;
  if (a.type != b.type) return call.fail("inputs of different types");
  if (!is_floating(a.type) && !is_whole(a.type)) return call.unsupported(std::string("on ") + name_of(a.type));
  if (!plan_product(call, a.shape, b.shape, plan)) return false;
  Tensor y = zeros(a.type, plan.shape);
  if (is_floating(a.type)) {
    if (!multiply(call, plan, numbers_of(a), numbers_of(b), [&](std::size_t c, std::size_t i, const std::vector<double>& row) {
          for (std::size_t j = 0; j < plan.n; ++j) set_number(y, (c * plan.m + i) * plan.n + j, row[j]);
        }))
      return false;
    return call.give(std::move(y));
  }
  const auto p = whole_numbers(a), q = whole_numbers(b);
  if (!call.work(plan.first.size() * plan.m * plan.n)) return false;
  for (std::size_t c = 0; c < plan.first.size(); ++c)
    for (std::size_t i = 0; i < plan.m; ++i) {
      if (!call.work(plan.k * plan.n)) return false;
      for (std::size_t j = 0; j < plan.n; ++j) {
        std::uint64_t sum = 0;
        for (std::size_t k = 0; k < plan.k; ++k)
          sum += static_cast<std::uint64_t>(p[(plan.first[c] * plan.m + i) * plan.k + k]) * static_cast<std::uint64_t>(q[(plan.second[c] * plan.k + k) * plan.n + j]);
        set_integer(y, (c * plan.m + i) * plan.n + j, static_cast<std::int64_t>(sum));
      }
    }
  return call.give(std::move(y));
}

std::vector<double> transposed(const std::vector<double>& x, std::size_t rows, std::size_t columns) {
  std::vector<double> y(x.size());
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) y[j * rows + i] = x[i * columns + j];
  return y;
}

bool general_product(Call& call) {
  if (!call.needs(2)) return false;
  const bool flip_a = call.node.integer("transA", 0) != 0, flip_b = call.node.integer("transB", 0) != 0;
  const double alpha = call.node.number("alpha", 1), beta = call.node.number("beta", 1);
  Shape a = call.at(0).shape, b = call.at(1).shape;
  if (a.size() != 2 || b.size() != 2) return call.fail("inputs that are no matrices");
  std::vector<double> p = numbers_of(call.at(0)), q = numbers_of(call.at(1));
  if (flip_a) {
    p = transposed(p, static_cast<std::size_t>(a[0]), static_cast<std::size_t>(a[1]));
    std::swap(a[0], a[1]);
  }
  if (flip_b) {
    q = transposed(q, static_cast<std::size_t>(b[0]), static_cast<std::size_t>(b[1]));
    std::swap(b[0], b[1]);
  }
  Product2 plan;
  if (!plan_product(call, a, b, plan)) return false;
  Tensor y = zeros(call.at(0).type, plan.shape);
  std::vector<double> bias;
  if (call.has(2)) {
    const auto common = common_shape({&y, &call.at(2)}, call.limits.numbers);
    if (!common || *common != plan.shape) return call.fail("a bias that does not fit");
    BroadcastWalk at(call.at(2).shape, plan.shape);
    bias.resize(y.elements());
    for (double& v : bias) {
      v = call.at(2).number(at.at());
      at.next();
    }
  }
  if (!is_floating(y.type) && !is_whole(y.type)) return call.unsupported(std::string("on ") + name_of(y.type));
  if (!multiply(call, plan, p, q, [&](std::size_t, std::size_t i, const std::vector<double>& row) {
        for (std::size_t j = 0; j < plan.n; ++j) set_number(y, i * plan.n + j, alpha * row[j] + (bias.empty() ? 0 : beta * bias[i * plan.n + j]));
      }))
    return false;
  return call.give(std::move(y));
}

// The letters of each operand; dimensions under "..." become letters of their own beyond the alphabet.
struct Subscripts {
  std::vector<std::vector<int>> inputs;
  std::vector<int> output;
  std::map<int, std::int64_t> size;
};

bool read_subscripts(Call& call, Subscripts& s) {
  std::string equation = call.node.text("equation", "");
  equation.erase(std::remove(equation.begin(), equation.end(), ' '), equation.end());
  const std::size_t arrow = equation.find("->");
  std::vector<std::string> terms;
  const std::string left = equation.substr(0, arrow);
  for (std::size_t at = 0; at <= left.size();) {
    const std::size_t end = std::min(left.find(',', at), left.size());
    terms.push_back(left.substr(at, end - at));
    at = end + 1;
  }
  if (terms.size() != call.in.size()) return call.fail("as many terms as inputs are needed");
  constexpr int dots = 1000;
  int wide = 0;
  const auto letters = [&](const std::string& term, std::int64_t rank, std::vector<int>& out) {
    for (std::size_t i = 0; i < term.size(); ++i) {
      if (term[i] == '.') {
        if (term.compare(i, 3, "...") != 0) return false;
        const auto named = static_cast<std::int64_t>(term.size()) - 3;
        const std::int64_t hidden = rank < 0 ? wide : rank - named;
        if (hidden < 0 || hidden > 32) return false;
        wide = std::max(wide, static_cast<int>(hidden));
        for (std::int64_t k = hidden; k-- > 0;) out.push_back(dots + static_cast<int>(k));  // counted from the right
        i += 2;
      } else if (std::isalpha(static_cast<unsigned char>(term[i])) != 0) {
        out.push_back(term[i]);
      } else {
        return false;
      }
    }
    return true;
  };
  std::map<int, int> count;
  for (std::size_t t = 0; t < terms.size(); ++t) {
    const Shape& shape = call.at(t).shape;
    if (!letters(terms[t], static_cast<std::int64_t>(shape.size()), s.inputs.emplace_back()) || s.inputs.back().size() != shape.size()) return call.fail("an equation that does not fit its inputs");
    for (std::size_t d = 0; d < shape.size(); ++d) {
      const int letter = s.inputs[t][d];
      ++count[letter];
      const auto [at, fresh] = s.size.emplace(letter, shape[d]);
      if (!fresh && at->second == 1) at->second = shape[d];
      if (at->second != shape[d] && shape[d] != 1) return call.fail("dimensions that do not fit together");
    }
  }
  if (arrow != std::string::npos) {
    if (!letters(equation.substr(arrow + 2), -1, s.output)) return call.fail("an equation that cannot be read");
  } else {
    for (int k = wide; k-- > 0;) s.output.push_back(dots + k);
    for (const auto& [letter, times] : count)
      if (letter < dots && times == 1) s.output.push_back(letter);
  }
  for (std::size_t i = 0; i < s.output.size(); ++i)
    if (std::find(s.output.begin(), s.output.begin() + static_cast<std::ptrdiff_t>(i), s.output[i]) != s.output.begin() + static_cast<std::ptrdiff_t>(i)) return call.fail("an equation with a letter twice in its result");
  return std::all_of(s.output.begin(), s.output.end(), [&](int l) { return s.size.count(l) != 0; }) || call.fail("an equation with an unknown letter in its result");
}

bool einsum(Call& call) {
  if (!call.needs(call.in.size()) || call.in.empty()) return call.error.empty() ? call.fail("no inputs") : false;
  Subscripts s;
  if (!read_subscripts(call, s)) return false;
  Shape shape, all;
  std::vector<int> letters = s.output;
  for (const int l : s.output) shape.push_back(s.size.at(l));
  for (const auto& entry : s.size)
    if (std::find(s.output.begin(), s.output.end(), entry.first) == s.output.end()) letters.push_back(entry.first);
  for (const int l : letters) all.push_back(s.size.at(l));
  const auto total = element_count(all);
  if (!call.allows(shape) || !total || !call.work(*total * (call.in.size() + 1))) return call.error.empty() ? call.fail("a sum that is too large") : false;
  std::vector<std::vector<double>> numbers;
  std::vector<std::vector<std::int64_t>> steps(call.in.size(), std::vector<std::int64_t>(letters.size(), 0));
  for (std::size_t t = 0; t < call.in.size(); ++t) {
    if (!is_floating(call.at(t).type) && !is_whole(call.at(t).type)) return call.unsupported(std::string("on ") + name_of(call.at(t).type));
    numbers.push_back(numbers_of(call.at(t)));
    const auto own = strides(call.at(t).shape);
    for (std::size_t d = 0; d < own.size(); ++d)
      for (std::size_t l = 0; l < letters.size(); ++l)
        if (letters[l] == s.inputs[t][d] && call.at(t).shape[d] != 1) steps[t][l] += own[d];
  }
  std::vector<double> sums(*element_count(shape), 0);
  const std::size_t each = sums.empty() ? 0 : *total / sums.size();
  Counter at(all);
  for (std::size_t i = 0; i < *total; ++i, at.next()) {
    double v = 1;
    for (std::size_t t = 0; t < numbers.size(); ++t) {
      std::int64_t from = 0;
      for (std::size_t l = 0; l < letters.size(); ++l) from += at.at()[l] * steps[t][l];
      v *= numbers[t][static_cast<std::size_t>(from)];
    }
    sums[i / each] += v;
  }
  return call.give(from_numbers(call.at(0).type, shape, sums));
}

bool determinant(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (x.shape.size() < 2 || x.shape.back() != x.shape[x.shape.size() - 2] || !is_floating(x.type)) return call.fail("no square matrices");
  const auto n = static_cast<std::size_t>(x.shape.back());
  const std::size_t count = n == 0 ? 0 : x.elements() / (n * n);
  std::vector<double> m = numbers_of(x), result(count, 1);
  for (std::size_t c = 0; c < count; ++c) {
    if (!call.work(n * n * n)) return false;
    double* a = m.data() + c * n * n;
    for (std::size_t k = 0; k < n && result[c] != 0; ++k) {
      std::size_t pivot = k;
      for (std::size_t i = k + 1; i < n; ++i)
        if (std::fabs(a[i * n + k]) > std::fabs(a[pivot * n + k])) pivot = i;
      if (pivot != k) {
        std::swap_ranges(a + k * n, a + (k + 1) * n, a + pivot * n);
        result[c] = -result[c];
      }
      result[c] *= a[k * n + k];
      for (std::size_t i = k + 1; i < n && a[k * n + k] != 0; ++i) {
        const double f = a[i * n + k] / a[k * n + k];
        for (std::size_t j = k; j < n; ++j) a[i * n + j] -= f * a[k * n + j];
      }
    }
  }
  return call.give(from_numbers(x.type, Shape(x.shape.begin(), x.shape.end() - 2), result));
}

}  // namespace

void add_linear_operators(Operators& operators) {
  operators.insert({{"MatMul", matrix_product}, {"Gemm", general_product}, {"Einsum", einsum}, {"Det", determinant}});
}

}  // namespace duolex::tensor
