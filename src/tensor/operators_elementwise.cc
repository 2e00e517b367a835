// Operators on each element alone, with broadcasting.
#include <charconv>
#include <cmath>
#include <limits>

#include "tensor/functions.h"
#include "tensor/numbers.h"

namespace duolex::tensor {

namespace {

template <double (*F)(double)>
bool floating(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  if (!is_floating(x.type)) return call.unsupported(std::string("on ") + name_of(x.type));
  Tensor y = zeros(x.type, x.shape);
  for (std::size_t i = 0; i < x.elements(); ++i) set_number(y, i, F(x.number(i)));
  return call.give(std::move(y));
}

bool activation(Call& call) {
  static const std::map<std::string, Unary> table{
      {"Relu", {Function::relu, 0, 0}}, {"LeakyRelu", {Function::leaky_relu, 0.01F, 0}}, {"Elu", {Function::elu, 1, 0}},
      {"Selu", {Function::selu, 1.67326319217681884765625, 1.05070102214813232421875}}, {"Celu", {Function::celu, 1, 0}},
      {"Softplus", {Function::softplus, 0, 0}}, {"Softsign", {Function::softsign, 0, 0}}, {"Sigmoid", {Function::sigmoid, 0, 0}},
      {"HardSigmoid", {Function::hard_sigmoid, 0.2F, 0.5}}, {"HardSwish", {Function::hard_swish, 0, 0}},
      {"ThresholdedRelu", {Function::thresholded_relu, 1, 0}}, {"Mish", {Function::mish, 0, 0}}, {"Gelu", {Function::gelu, 0, 0}}};
  if (!call.needs(1)) return false;
  if (call.node.op == "Gelu" && call.node.text("approximate", "none") != "none") return call.unsupported("by approximation");
  const Tensor& x = call.at(0);
  Unary u = table.at(call.node.op);
  u.a = call.node.number("alpha", static_cast<float>(u.a));
  u.b = call.node.number(call.node.op == "Selu" ? "gamma" : "beta", static_cast<float>(u.b));
  Tensor y = zeros(x.type, x.shape);
  for (std::size_t i = 0; i < x.elements(); ++i)
    if (is_floating(x.type)) set_number(y, i, apply(u, x.number(i)));
    else if (call.node.op == "Relu" && is_whole(x.type)) set_integer(y, i, std::max<std::int64_t>(0, x.integer(i)));
    else return call.unsupported(std::string("on ") + name_of(x.type));
  return call.give(std::move(y));
}

double negative(double x) { return -x; }
double one_over(double x) { return 1 / x; }
double sign_of(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }

template <double (*F)(double), std::int64_t (*G)(std::int64_t)>
bool any_number(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  Tensor y = zeros(x.type, x.shape);
  if (!is_floating(x.type) && !is_whole(x.type)) return call.unsupported(std::string("on ") + name_of(x.type));
  for (std::size_t i = 0; i < x.elements(); ++i)
    if (is_floating(x.type)) set_number(y, i, F(x.number(i)));
    else set_integer(y, i, x.type == Type::u64 && call.node.op != "Neg" ? (call.node.op == "Sign" ? x.integer(i) != 0 : x.integer(i)) : G(x.integer(i)));
  return call.give(std::move(y));
}
std::int64_t negative_whole(std::int64_t x) { return static_cast<std::int64_t>(-static_cast<std::uint64_t>(x)); }
std::int64_t absolute_whole(std::int64_t x) { return x < 0 ? negative_whole(x) : x; }
std::int64_t sign_whole(std::int64_t x) { return (x > 0) - (x < 0); }

// Floating, signed and unsigned forms of one operator of two numbers.
struct Binary {
  double (*floating)(double, double);
  std::int64_t (*whole)(std::int64_t, std::int64_t);
  std::uint64_t (*natural)(std::uint64_t, std::uint64_t);
};
using U = std::uint64_t;
using I = std::int64_t;

double least(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : a < b ? a : b; }
double greatest(double a, double b) { return std::isnan(a) || std::isnan(b) ? NAN : a > b ? a : b; }

const std::map<std::string, Binary>& binaries() {
  static const std::map<std::string, Binary> table{
      {"Add", {[](double a, double b) { return a + b; }, [](I a, I b) { return static_cast<I>(U(a) + U(b)); }, [](U a, U b) { return a + b; }}},
      {"Sum", {[](double a, double b) { return a + b; }, [](I a, I b) { return static_cast<I>(U(a) + U(b)); }, [](U a, U b) { return a + b; }}},
      {"Sub", {[](double a, double b) { return a - b; }, [](I a, I b) { return static_cast<I>(U(a) - U(b)); }, [](U a, U b) { return a - b; }}},
      {"Mul", {[](double a, double b) { return a * b; }, [](I a, I b) { return static_cast<I>(U(a) * U(b)); }, [](U a, U b) { return a * b; }}},
      {"Div", {[](double a, double b) { return a / b; }, [](I a, I b) { return b == 0 ? 0 : b == -1 ? negative_whole(a) : a / b; }, [](U a, U b) { return b == 0 ? 0 : a / b; }}},
      {"Min", {least, [](I a, I b) { return a < b ? a : b; }, [](U a, U b) { return a < b ? a : b; }}},
      {"Max", {greatest, [](I a, I b) { return a > b ? a : b; }, [](U a, U b) { return a > b ? a : b; }}},
      {"Mean", {[](double a, double b) { return a + b; }, nullptr, nullptr}}};
  return table;
}

// Before opset 7 the second input said by attributes where it lies in the first; afterwards from the right.
struct Aligned {
  Tensor second{};
  std::vector<const Tensor*> in;
  explicit Aligned(const Call& call) : in(call.in) {
    if (call.opset >= 7 || in.size() != 2 || call.node.integer("broadcast", 0) == 0 || call.node.attribute("axis") == nullptr) return;
    second = *in[1];
    const std::size_t rank = in[0]->shape.size();
    std::int64_t axis = call.node.integer("axis", 0);
    if (!normal_axis(axis, rank)) return;
    while (static_cast<std::size_t>(axis) + second.shape.size() < rank) second.shape.push_back(1);
    in[1] = &second;
  }
};

bool arithmetic(Call& call) {
  if (!call.needs(std::max<std::size_t>(1, call.in.size()))) return false;
  const Aligned aligned(call);
  const std::vector<const Tensor*>& in = aligned.in;
  const Binary& f = binaries().at(call.node.op);
  const Type type = call.at(0).type;
  for (const Tensor* t : in)
    if (t->type != type) return call.fail("inputs of different types");
  const auto shape = common_shape(in, call.limits.numbers);
  if (!shape) return call.fail("shapes that do not fit together");
  Tensor y = zeros(type, *shape);
  std::vector<BroadcastWalk> walks;
  for (const Tensor* t : in) walks.emplace_back(t->shape, *shape);
  const double count = call.node.op == "Mean" ? static_cast<double>(in.size()) : 1;
  if (!is_floating(type) && (f.whole == nullptr || !is_whole(type))) return call.unsupported(std::string("on ") + name_of(type));
  for (std::size_t i = 0; i < y.elements(); ++i) {
    if (is_floating(type)) {
      double v = in[0]->number(walks[0].at());
      for (std::size_t k = 1; k < in.size(); ++k) v = f.floating(v, in[k]->number(walks[k].at()));
      set_number(y, i, v / count);
    } else {
      std::int64_t v = in[0]->integer(walks[0].at());
      for (std::size_t k = 1; k < in.size(); ++k) {
        const std::int64_t w = in[k]->integer(walks[k].at());
        v = type == Type::u64 ? static_cast<I>(f.natural(U(v), U(w))) : f.whole(v, w);
      }
      set_integer(y, i, v);
    }
    for (auto& w : walks) w.next();
  }
  return call.give(std::move(y));
}

// Two inputs of any types, a result of a given type.
template <class F>
bool pairwise(Call& call, Type type, F&& f) {
  const Aligned aligned(call);
  const auto shape = common_shape({aligned.in[0], aligned.in[1]}, call.limits.numbers);
  if (!shape) return call.fail("shapes that do not fit together");
  Tensor y = zeros(type, *shape);
  BroadcastWalk a(aligned.in[0]->shape, *shape), b(aligned.in[1]->shape, *shape);
  for (std::size_t i = 0; i < y.elements(); ++i) {
    f(y, i, a.at(), b.at());
    a.next();
    b.next();
  }
  return call.give(std::move(y));
}

bool comparison(Call& call) {
  if (!call.needs(2)) return false;
  const std::string& op = call.node.op;
  const Tensor& x = call.at(0);
  const Tensor& z = call.at(1);
  if (x.type != z.type) return call.fail("inputs of different types");
  const auto compare = [&op](const auto& a, const auto& b) {
    return op == "Equal" ? a == b : op == "Less" ? a < b : op == "LessOrEqual" ? a <= b : op == "Greater" ? a > b : a >= b;
  };
  return pairwise(call, Type::boolean, [&](Tensor& y, std::size_t i, std::size_t a, std::size_t b) {
    const bool v = x.type == Type::string ? compare(x.strings[a], z.strings[b])
                   : is_floating(x.type) ? compare(x.number(a), z.number(b))
                   : x.type == Type::u64 ? compare(U(x.integer(a)), U(z.integer(b))) : compare(x.integer(a), z.integer(b));
    set_integer(y, i, v);
  });
}

bool logical(Call& call) {
  if (!call.needs(2)) return false;
  const std::string& op = call.node.op;
  return pairwise(call, Type::boolean, [&](Tensor& y, std::size_t i, std::size_t a, std::size_t b) {
    const bool p = call.at(0).integer(a) != 0, q = call.at(1).integer(b) != 0;
    set_integer(y, i, op == "And" ? p && q : op == "Or" ? p || q : p != q);
  });
}

bool logical_not(Call& call) {
  if (!call.needs(1)) return false;
  Tensor y = zeros(Type::boolean, call.at(0).shape);
  for (std::size_t i = 0; i < y.elements(); ++i) set_integer(y, i, call.at(0).integer(i) == 0);
  return call.give(std::move(y));
}

bool power(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  return pairwise(call, x.type, [&](Tensor& y, std::size_t i, std::size_t a, std::size_t b) { set_number(y, i, std::pow(x.number(a), call.at(1).number(b))); });
}

bool modulo(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  const bool c_like = call.node.integer("fmod", 0) != 0;
  if (is_floating(x.type) && !c_like) return call.unsupported("of floating numbers without fmod");
  return pairwise(call, x.type, [&](Tensor& y, std::size_t i, std::size_t a, std::size_t b) {
    if (is_floating(x.type)) return set_number(y, i, std::fmod(x.number(a), call.at(1).number(b)));
    const I p = x.integer(a), q = call.at(1).integer(b);
    if (q == 0 || q == -1) return set_integer(y, i, 0);
    if (x.type == Type::u64) return set_integer(y, i, static_cast<I>(U(p) % U(q)));
    I r = p % q;
    if (!c_like && r != 0 && (r < 0) != (q < 0)) r += q;
    set_integer(y, i, r);
  });
}

bool bit_shift(Call& call) {
  if (!call.needs(2)) return false;
  const bool left = call.node.text("direction", "") == "LEFT";
  const Type type = call.at(0).type;
  const bool sign = type == Type::i8 || type == Type::i16 || type == Type::i32 || type == Type::i64;
  const I width = static_cast<I>(8 * size_of(type));
  return pairwise(call, type, [&](Tensor& y, std::size_t i, std::size_t a, std::size_t b) {
    const I v = call.at(0).integer(a), by = call.at(1).integer(b);
    const bool beyond = by < 0 || by >= width;
    if (left) return set_integer(y, i, beyond ? 0 : static_cast<I>(U(v) << U(by)));
    set_integer(y, i, sign ? v >> (beyond ? 63 : by) : beyond ? 0 : static_cast<I>(U(v) >> U(by)));
  });
}

bool prelu(Call& call) {
  if (!call.needs(2)) return false;
  const Tensor& x = call.at(0);
  if (call.opset < 7 && x.shape.size() > 1 && call.at(1).shape == Shape{x.shape[1]}) {  // one slope for each channel
    Tensor y = zeros(x.type, x.shape);
    AxisView v;
    view_axis(x.shape, 1, v);
    for (std::size_t i = 0; i < x.elements(); ++i) set_number(y, i, x.number(i) < 0 ? x.number(i) * call.at(1).number(i / v.inner % v.axis) : x.number(i));
    return call.give(std::move(y));
  }
  return pairwise(call, x.type, [&](Tensor& y, std::size_t i, std::size_t a, std::size_t b) {
    const double v = x.number(a);
    set_number(y, i, v < 0 ? v * call.at(1).number(b) : v);
  });
}

bool where(Call& call) {
  if (!call.needs(3)) return false;
  const auto shape = common_shape({call.in[0], call.in[1], call.in[2]}, call.limits.numbers);
  const Tensor& a = call.at(1);
  const Tensor& b = call.at(2);
  if (!shape || a.type != b.type) return call.fail("shapes or types that do not fit together");
  Tensor y = zeros(a.type, *shape);
  BroadcastWalk c(call.at(0).shape, *shape), p(a.shape, *shape), q(b.shape, *shape);
  const std::size_t size = size_of(a.type);
  for (std::size_t i = 0; i < y.elements(); ++i) {
    const bool first = call.at(0).integer(c.at()) != 0;
    if (a.type == Type::string) y.strings[i] = first ? a.strings[p.at()] : b.strings[q.at()];
    else std::memcpy(y.bytes.data() + i * size, first ? a.bytes.data() + p.at() * size : b.bytes.data() + q.at() * size, size);
    c.next();
    p.next();
    q.next();
  }
  return call.give(std::move(y));
}

bool clip(Call& call) {
  if (!call.needs(1)) return false;
  const Tensor& x = call.at(0);
  Tensor y = zeros(x.type, x.shape);
  const bool old = call.opset < 11, low = old ? call.node.attribute("min") != nullptr : call.has(1), high = old ? call.node.attribute("max") != nullptr : call.has(2);
  if (!old && ((low && call.at(1).elements() != 1) || (high && call.at(2).elements() != 1))) return call.fail("bounds that are not one number");
  for (std::size_t i = 0; i < x.elements(); ++i)
    if (is_floating(x.type)) {
      double v = x.number(i);
      if (low) v = std::max(v, old ? static_cast<double>(call.node.number("min", 0)) : call.at(1).number(0));
      if (high) v = std::min(v, old ? static_cast<double>(call.node.number("max", 0)) : call.at(2).number(0));
      set_number(y, i, v);
    } else {
      I v = x.integer(i);
      if (low) v = std::max(v, call.at(1).integer(0));
      if (high) v = std::min(v, call.at(2).integer(0));
      set_integer(y, i, v);
    }
  return call.give(std::move(y));
}

// The shortest text that is read as the same number, as Python writes it.
std::string text_of(const Tensor& x, std::size_t i) {
  if (!is_floating(x.type)) return x.type == Type::u64 ? std::to_string(U(x.integer(i))) : std::to_string(x.integer(i));
  const double v = x.number(i);
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v > 0 ? "INF" : "-INF";
  char text[40];
  const auto end = x.type == Type::f64 ? std::to_chars(text, text + sizeof text, v) : std::to_chars(text, text + sizeof text, static_cast<float>(v));
  std::string s(text, end.ptr);
  return s.find_first_of(".e") == std::string::npos ? s + ".0" : s;
}

bool convert(Call& call, const Tensor& x, Type to) {
  if (to != Type::string && size_of(to) == 0) return call.unsupported("to an unknown type");
  Tensor y = zeros(to, x.shape);
  if (x.type != Type::string && to == Type::string) {
    if (x.type == Type::boolean || x.type == Type::f16 || x.type == Type::bf16) return call.unsupported(std::string("from ") + name_of(x.type) + " to string");
    for (std::size_t i = 0; i < x.elements(); ++i) y.strings[i] = text_of(x, i);
    return call.give(std::move(y));
  }
  if (to == Type::undefined || x.type == Type::string || to == Type::string) {
    if (x.type == Type::string && is_floating(to)) {
      for (std::size_t i = 0; i < x.elements(); ++i) set_number(y, i, std::strtod(x.strings[i].c_str(), nullptr));
      return call.give(std::move(y));
    }
    return call.unsupported(std::string("from ") + name_of(x.type) + " to " + name_of(to));
  }
  for (std::size_t i = 0; i < x.elements(); ++i) {
    if (is_floating(x.type) || is_floating(to)) set_number(y, i, x.type == Type::u64 ? static_cast<double>(U(x.integer(i))) : x.number(i));
    else set_integer(y, i, x.integer(i));
    if (to == Type::bf16 && y.number(i) != x.number(i) && !std::isnan(x.number(i))) return call.unsupported("to bfloat16 of a number that has to be rounded: runtimes cut or round");
  }
  return call.give(std::move(y));
}
bool cast(Call& call) { return call.needs(1) && convert(call, call.at(0), static_cast<Type>(call.node.integer("to", 0))); }
bool cast_like(Call& call) { return call.needs(2) && convert(call, call.at(0), call.at(1).type); }

bool is_nan(Call& call) {
  if (!call.needs(1)) return false;
  Tensor y = zeros(Type::boolean, call.at(0).shape);
  for (std::size_t i = 0; i < y.elements(); ++i) set_integer(y, i, std::isnan(call.at(0).number(i)));
  return call.give(std::move(y));
}
bool is_infinite(Call& call) {
  if (!call.needs(1)) return false;
  const bool positive = call.node.integer("detect_positive", 1) != 0, negative_too = call.node.integer("detect_negative", 1) != 0;
  Tensor y = zeros(Type::boolean, call.at(0).shape);
  for (std::size_t i = 0; i < y.elements(); ++i) {
    const double v = call.at(0).number(i);
    set_integer(y, i, std::isinf(v) && (v > 0 ? positive : negative_too));
  }
  return call.give(std::move(y));
}

bool shrink(Call& call) {
  if (!call.needs(1)) return false;
  const double lambda = call.node.number("lambd", 0.5F), bias = call.node.number("bias", 0);
  Tensor y = zeros(call.at(0).type, call.at(0).shape);
  for (std::size_t i = 0; i < y.elements(); ++i) {
    const double v = call.at(0).number(i);
    set_number(y, i, v < -lambda ? v + bias : v > lambda ? v - bias : 0);
  }
  return call.give(std::move(y));
}

bool dropout(Call& call) {
  if (!call.needs(1)) return false;
  const bool training = call.has(2) && call.at(2).elements() == 1 && call.at(2).integer(0) != 0;
  const double ratio = call.has(1) && call.at(1).elements() == 1 ? call.at(1).number(0) : 0.5;
  if (training && ratio != 0) return call.unsupported("in training mode");
  if (call.out.size() > 1) {
    if (call.opset < 10) return call.unsupported("a mask of an old opset");
    call.out[1] = Tensor{Type::boolean, call.at(0).shape, std::string(call.at(0).elements(), '\1'), {}};
  }
  return call.give(call.at(0));
}

}  // namespace

void add_elementwise_operators(Operators& operators) {
  operators.insert({{"Sin", floating<std::sin>}, {"Cos", floating<std::cos>}, {"Tan", floating<std::tan>}, {"Asin", floating<std::asin>},
                    {"Acos", floating<std::acos>}, {"Atan", floating<std::atan>}, {"Sinh", floating<std::sinh>}, {"Cosh", floating<std::cosh>},
                    {"Tanh", floating<std::tanh>}, {"Asinh", floating<std::asinh>}, {"Acosh", floating<std::acosh>},
                    {"Atanh", floating<std::atanh>}, {"Exp", floating<std::exp>}, {"Log", floating<std::log>}, {"Sqrt", floating<std::sqrt>},
                    {"Erf", floating<std::erf>}, {"Round", floating<std::nearbyint>}, {"Floor", floating<std::floor>}, {"Ceil", floating<std::ceil>},
                    {"Reciprocal", floating<one_over>}, {"Neg", any_number<negative, negative_whole>},
                    {"Abs", any_number<std::fabs, absolute_whole>}, {"Sign", any_number<sign_of, sign_whole>}});
  for (const char* op : {"Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Softplus", "Softsign", "Sigmoid", "HardSigmoid", "HardSwish", "ThresholdedRelu", "Mish", "Gelu"})
    operators[op] = activation;
  for (const auto& entry : binaries()) operators[entry.first] = arithmetic;
  for (const char* op : {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"}) operators[op] = comparison;
  for (const char* op : {"And", "Or", "Xor"}) operators[op] = logical;
  operators.insert({{"Not", logical_not}, {"Pow", power}, {"Mod", modulo}, {"BitShift", bit_shift}, {"PRelu", prelu}, {"Where", where},
                    {"Clip", clip}, {"Cast", cast}, {"CastLike", cast_like}, {"IsNaN", is_nan}, {"IsInf", is_infinite}, {"Shrink", shrink},
                    {"Dropout", dropout}});
}

}  // namespace duolex::tensor
