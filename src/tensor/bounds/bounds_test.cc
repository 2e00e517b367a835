// Bounds against what they bound: thousands of samples lie inside them, and rounding cannot carry a true value outside.
#include <gtest/gtest.h>

#include <cmath>

#include "tensor/bounds/certify.h"
#include "tensor/bounds/crown.h"
#include "tensor/bounds/curves.h"
#include "tensor/bounds/verify.h"
#include "tensor/functions.h"
#include "tensor/random.h"
#include "tensor/test_model.h"

namespace duolex::tensor::bounds {
namespace {

using namespace duolex::tensor::testing;

constexpr std::size_t samples = 4000;

Tensor weights(const Shape& shape, std::uint64_t stream, double scale = 0.5) {
  const Random random(11, stream);
  std::vector<float> v(*element_count(shape));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(scale * random.normal(i));
  return tensor_of(Type::f32, shape, v);
}

std::shared_ptr<const Prepared> prepared(const std::string& parts, const Shape& input) {
  const auto m = read_onnx("m.onnx", model(parts, input));
  EXPECT_TRUE(m) << (m ? "" : render(m.error()));
  const auto network = Network::compile(*m);
  EXPECT_TRUE(network) << (network ? "" : render(network.error()));
  const auto p = prepare(*network);
  EXPECT_TRUE(p) << (p ? "" : render(p.error()));
  return *p;
}

std::string dense(const std::string& from, const std::string& to, std::int64_t rows, std::int64_t columns, std::uint64_t stream) {
  return initializer("w_" + to, weights({rows, columns}, stream)) + initializer("b_" + to, weights({columns}, stream + 100)) +
         node("Gemm", {from, "w_" + to, "b_" + to}, {to});
}

struct Net {
  std::string name, parts;
  Shape input;
};

std::vector<Net> nets() {
  std::vector<Net> all;
  for (const char* f : {"Relu", "LeakyRelu", "Elu", "Selu", "Celu", "Softplus", "Softsign", "Sigmoid", "HardSigmoid", "Tanh", "Exp", "Erf", "Clip"}) {
    // Clip without bounds is no step at all; it gets some.
    const std::string limits = std::string(f) == "Clip" ? initializer("low", tensor_of<float>(Type::f32, {}, {-0.5F})) + initializer("high", tensor_of<float>(Type::f32, {}, {0.7F})) : "";
    const auto act = [&](const std::string& from, const std::string& to) { return node(f, limits.empty() ? std::vector<std::string>{from} : std::vector<std::string>{from, "low", "high"}, {to}); };
    all.push_back({f, limits + dense("x", "a", 5, 9, 1) + act("a", "b") + dense("b", "c", 9, 6, 2) + act("c", "d") + dense("d", "y", 6, 4, 3), {1, 5}});
  }
  all.push_back({"convolution and pool",
                 initializer("w", weights({3, 2, 3, 3}, 4)) + initializer("b", weights({3}, 5)) + node("Conv", {"x", "w", "b"}, {"a"}, attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})) +
                     node("Relu", {"a"}, {"c"}) + node("MaxPool", {"c"}, {"d"}, attribute("kernel_shape", std::vector<std::int64_t>{2, 2}) + attribute("strides", std::vector<std::int64_t>{2, 2})) +
                     node("Flatten", {"d"}, {"e"}) + dense("e", "y", 12, 3, 6),
                 {1, 2, 4, 4}});
  all.push_back({"residual", dense("x", "a", 6, 6, 7) + node("Relu", {"a"}, {"b"}) + node("Add", {"b", "x"}, {"c"}) + dense("c", "d", 6, 6, 8) + node("Relu", {"d"}, {"e"}) + node("Sub", {"e", "c"}, {"y"}), {1, 6}});
  all.push_back({"averages and norms",
                 initializer("s", weights({2}, 9)) + initializer("h", weights({2}, 10)) + initializer("m", weights({2}, 11)) + initializer("v", tensor_of<float>(Type::f32, {2}, {0.5F, 2})) +
                     node("BatchNormalization", {"x", "s", "h", "m", "v"}, {"a"}) + node("Relu", {"a"}, {"b"}) +
                     node("AveragePool", {"b"}, {"c"}, attribute("kernel_shape", std::vector<std::int64_t>{2, 2})) + node("Flatten", {"c"}, {"d"}) + dense("d", "y", 18, 3, 12),
                 {1, 2, 4, 4}});
  for (const char* f : {"HardSwish", "Gelu", "Abs"})
    all.push_back({f, dense("x", "a", 5, 9, 31) + node(f, {"a"}, {"b"}) + dense("b", "c", 9, 6, 32) + node(f, {"c"}, {"d"}) + dense("d", "y", 6, 4, 33), {1, 5}});
  all.push_back({"product", dense("x", "a", 5, 7, 34) + dense("x", "b", 5, 7, 35) + node("Mul", {"a", "b"}, {"c"}) + dense("c", "d", 7, 6, 36) + node("Relu", {"d"}, {"e"}) + node("Mul", {"e", "d"}, {"f"}) + dense("f", "y", 6, 4, 37), {1, 5}});
  all.push_back({"square", dense("x", "a", 5, 7, 38) + node("Mul", {"a", "a"}, {"b"}) + dense("b", "y", 7, 4, 39), {1, 5}});
  all.push_back({"swish in steps", dense("x", "a", 5, 7, 40) + node("Sigmoid", {"a"}, {"s"}) + node("Mul", {"a", "s"}, {"b"}) + dense("b", "c", 7, 6, 41) +
                                       initializer("three", tensor_of<float>(Type::f32, {1}, {3})) + initializer("zero", tensor_of<float>(Type::f32, {}, {0})) + initializer("six", tensor_of<float>(Type::f32, {}, {6})) +
                                       node("Add", {"c", "three"}, {"u"}) + node("Clip", {"u", "zero", "six"}, {"v"}) + node("Mul", {"c", "v"}, {"w"}) + node("Div", {"w", "six"}, {"d"}) + dense("d", "y", 6, 4, 42),
                 {1, 5}});
  all.push_back({"quotient", dense("x", "a", 5, 6, 43) + dense("x", "b", 5, 6, 44) + node("Softplus", {"b"}, {"c"}) + initializer("one", tensor_of<float>(Type::f32, {1}, {1})) + node("Add", {"c", "one"}, {"d"}) +
                                 node("Sqrt", {"d"}, {"e"}) + node("Div", {"a", "e"}, {"f"}) + node("Log", {"d"}, {"g"}) + node("Add", {"f", "g"}, {"h"}) + dense("h", "y", 6, 4, 45),
                 {1, 5}});
  all.push_back({"softmax within", dense("x", "a", 5, 6, 46) + node("Softmax", {"a"}, {"b"}, attribute("axis", std::int64_t{-1})) + dense("b", "y", 6, 4, 47), {1, 5}});
  const auto turned = [](const char* from, const char* to, std::vector<std::int64_t> order) { return node("Transpose", {from}, {to}, attribute("perm", std::move(order))); };
  all.push_back({"a matrix times itself", turned("x", "t", {0, 2, 1}) + node("MatMul", {"x", "t"}, {"m"}) + node("Softmax", {"m"}, {"s"}, attribute("axis", std::int64_t{-1})) + node("MatMul", {"s", "x"}, {"c"}) + node("Flatten", {"c"}, {"f"}) + dense("f", "y", 12, 3, 61), {1, 4, 3}});
  const auto projected = [](const char* from, const char* to, std::uint64_t stream) {
    return initializer(std::string("w_") + to, weights({4, 4}, stream)) + node("MatMul", {from, std::string("w_") + to}, {std::string(to) + "m"}) + initializer(std::string("r_") + to, tensor_of<std::int64_t>(Type::i64, {4}, {1, 5, 2, 2})) +
           node("Reshape", {std::string(to) + "m", std::string("r_") + to}, {std::string(to) + "r"}) + node("Transpose", {std::string(to) + "r"}, {to}, attribute("perm", std::vector<std::int64_t>{0, 2, 1, 3}));
  };
  // Two heads over five places, with residuals, layer norms written out, and a layer of Gelu behind.
  const auto normed = [](const std::string& from, const std::string& to) {
    return node("ReduceMean", {from}, {to + "1"}, attribute("axes", std::vector<std::int64_t>{-1})) + node("Sub", {from, to + "1"}, {to + "2"}) + node("Mul", {to + "2", to + "2"}, {to + "3"}) +
           node("ReduceMean", {to + "3"}, {to + "4"}, attribute("axes", std::vector<std::int64_t>{-1})) + initializer(to + "e", tensor_of<float>(Type::f32, {1}, {0.3F})) + node("Add", {to + "4", to + "e"}, {to + "5"}) +
           node("Sqrt", {to + "5"}, {to + "6"}) + node("Div", {to + "2", to + "6"}, {to});
  };
  all.push_back({"attention", normed("x", "n") + projected("n", "q", 62) + projected("n", "k", 63) + projected("n", "v", 64) + turned("k", "kt", {0, 1, 3, 2}) + node("MatMul", {"q", "kt"}, {"scores"}) +
                                  node("Softmax", {"scores"}, {"shares"}, attribute("axis", std::int64_t{-1})) + node("MatMul", {"shares", "v"}, {"mixed"}) + turned("mixed", "back", {0, 2, 1, 3}) +
                                  initializer("whole", tensor_of<std::int64_t>(Type::i64, {3}, {1, 5, 4})) + node("Reshape", {"back", "whole"}, {"o"}) + node("Add", {"o", "x"}, {"h"}) + normed("h", "l") +
                                  initializer("up", weights({4, 6}, 65)) + node("MatMul", {"l", "up"}, {"u"}) + node("Gelu", {"u"}, {"g"}) + initializer("down", weights({6, 4}, 66)) + node("MatMul", {"g", "down"}, {"d"}) +
                                  node("Add", {"d", "h"}, {"r"}) + node("ReduceMean", {"r"}, {"pooled"}, attribute("axes", std::vector<std::int64_t>{1}) + attribute("keepdims", std::int64_t{0})) + dense("pooled", "y", 4, 3, 67),
                 {1, 5, 4}});
  // As a mobile network: normalisations that become part of weights, one filter a channel with padding, a gate over them.
  const auto normalised = [](const std::string& from, const std::string& to, std::int64_t channels, std::uint64_t stream) {
    return initializer("s" + to, weights({channels}, stream)) + initializer("h" + to, weights({channels}, stream + 1)) + initializer("m" + to, weights({channels}, stream + 2)) +
           initializer("v" + to, tensor_of<float>(Type::f32, {channels}, std::vector<float>(static_cast<std::size_t>(channels), 0.7F))) + node("BatchNormalization", {from, "s" + to, "h" + to, "m" + to, "v" + to}, {to});
  };
  all.push_back({"mobile", initializer("w", weights({4, 2, 1, 1}, 70)) + node("Conv", {"x", "w"}, {"a"}) + normalised("a", "b", 4, 71) + node("HardSwish", {"b"}, {"c"}) + initializer("k", weights({4, 1, 3, 3}, 75)) +
                               initializer("kb", weights({4}, 76)) + node("Conv", {"c", "k", "kb"}, {"d"}, attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1}) + attribute("group", std::int64_t{4})) + normalised("d", "e", 4, 77) +
                               node("Relu", {"e"}, {"f"}) + node("GlobalAveragePool", {"f"}, {"p"}) + initializer("g", weights({4, 4, 1, 1}, 81)) + node("Conv", {"p", "g"}, {"q"}) + node("HardSigmoid", {"q"}, {"r"}) +
                               node("Mul", {"f", "r"}, {"t"}) + initializer("u", weights({2, 4, 1, 1}, 82)) + node("Conv", {"t", "u"}, {"i"}) + normalised("i", "j", 2, 83) + node("Add", {"j", "x"}, {"l"}) +
                               node("MaxPool", {"l"}, {"o"}, attribute("kernel_shape", std::vector<std::int64_t>{2, 2}) + attribute("strides", std::vector<std::int64_t>{2, 2})) + node("Flatten", {"o"}, {"z"}) + dense("z", "y", 8, 3, 86),
                 {1, 2, 4, 4}});
  all.push_back({"gates",
                 initializer("w", weights({3, 2, 3, 3}, 48)) + initializer("b", weights({3}, 49)) + node("Conv", {"x", "w", "b"}, {"a"}, attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})) +
                     node("HardSwish", {"a"}, {"c"}) + node("GlobalAveragePool", {"c"}, {"p"}) + initializer("v", weights({3, 3, 1, 1}, 50)) + node("Conv", {"p", "v"}, {"q"}) + node("HardSigmoid", {"q"}, {"g"}) +
                     node("Mul", {"c", "g"}, {"d"}) + initializer("u", weights({2, 3, 1, 1}, 51)) + node("Conv", {"d", "u"}, {"e"}) + node("Add", {"e", "x"}, {"f"}) + node("Relu", {"f"}, {"h"}) +
                     initializer("t", weights({2, 2, 2, 2}, 52)) + node("ConvTranspose", {"h", "t"}, {"i"}, attribute("strides", std::vector<std::int64_t>{2, 2})) + node("Sigmoid", {"i"}, {"j"}) +
                     node("GlobalAveragePool", {"j"}, {"k"}) + node("Flatten", {"k"}, {"l"}) + dense("l", "y", 2, 3, 53),
                 {1, 2, 4, 4}});
  return all;
}

// As they are bounded by default; with one box; and as if the network were too large to go back to the input each time.
enum class As { each_lane, one_box, windows, short_windows };

void contain_thousands_of_samples(As as) {
  for (const Net& net : nets()) {
    auto p = prepared(net.parts, net.input);
    if (as >= As::windows) {
      auto large = std::make_shared<Prepared>(*p);
      large->large = true;
      if (as == As::short_windows) large->few = 0, large->window = 0;  // to the nearest station, and past no gate
      p = large;
    }
    const std::size_t boxes = as == As::each_lane ? lanes : 1;
    const std::size_t in = p->network.inputs(), out = p->network.outputs(), result = p->program().output;
    Runner<double> runner(p->network);
    for (const double radius : {0.0, 0.01, 0.3, 2.0}) {
      const Random random(5, static_cast<std::uint64_t>(radius * 100));
      std::vector<double> low(in), high(in);
      for (std::size_t f = 0; f < in; ++f) {
        const double x = random.normal(f);
        low[f] = x - radius;
        high[f] = x + radius * random.uniform(1000 + f);
      }
      Crown crown(p, as == As::each_lane ? Boxes::each : Boxes::one);
      crown.set_boxes(low.data(), high.data());
      crown.intervals();
      std::vector<double> interval_low(out), interval_high(out);
      for (std::size_t o = 0; o < out; ++o) {
        interval_low[o] = crown.low(result)[o * boxes];
        interval_high[o] = crown.high(result)[o * boxes];
      }
      crown.take_as_root();
      crown.refine(true);
      // Each output alone, its negative, and differences of neighbours.
      std::vector<std::vector<double>> rows;
      for (std::size_t o = 0; o < out; ++o)
        for (const double sign : {1.0, -1.0})
          for (const bool difference : {false, true}) {
            std::vector<double> row(out, 0);
            row[o] = sign;
            if (difference) row[(o + 1) % out] = -sign;
            rows.push_back(row);
          }
      std::vector<double> least(rows.size());
      for (std::size_t begin = 0; begin < rows.size(); begin += lanes) {
        std::vector<double> block(out * lanes, 0);
        double bounds[lanes];
        for (std::size_t c = 0; c < lanes; ++c)
          for (std::size_t o = 0; o < out; ++o) block[o * lanes + c] = rows[std::min(begin + c, rows.size() - 1)][o];
        crown.lower(block.data(), bounds);
        for (std::size_t c = 0; c < lanes && begin + c < rows.size(); ++c) least[begin + c] = bounds[c];
      }
      std::vector<double> x(samples * in), y(samples * out);
      for (std::size_t i = 0; i < samples; ++i)
        for (std::size_t f = 0; f < in; ++f) {
          // Corners as well as the inside: extremes lie there.
          const double u = i % 3 == 0 ? static_cast<double>(random.bits(i * in + f + 7) & 1) : random.uniform(i * in + f + 7);
          x[i * in + f] = std::min(high[f], low[f] + u * (high[f] - low[f]));
        }
      runner.forward(x.data(), samples, y.data());
      for (std::size_t i = 0; i < samples; ++i) {
        // The sample itself is computed with roundings, far below this.
        const double room = 1e-12 * (1 + std::fabs(y[i * out]));
        for (std::size_t o = 0; o < out; ++o) {
          ASSERT_LE(interval_low[o], y[i * out + o] + room) << net.name << ", radius " << radius;
          ASSERT_GE(interval_high[o], y[i * out + o] - room) << net.name << ", radius " << radius;
        }
        for (std::size_t r = 0; r < rows.size(); ++r) {
          double value = 0;
          for (std::size_t o = 0; o < out; ++o) value += rows[r][o] * y[i * out + o];
          ASSERT_LE(least[r], value + room * 4) << net.name << ", radius " << radius << ", row " << r;
        }
      }
      // And they say something: at a point they are the value, nearly.
      for (std::size_t o = 0; o < out && radius == 0.0; ++o) EXPECT_NEAR(interval_low[o], y[o], 1e-9 * (1 + std::fabs(y[o]))) << net.name;
      // Over a small box no bound is further away than what samples do within it.
      for (std::size_t r = 0; r < rows.size() && radius == 0.01 && as != As::short_windows; ++r) {
        double least_seen = INFINITY, most_seen = -INFINITY;
        for (std::size_t i = 0; i < samples; ++i) {
          double value = 0;
          for (std::size_t o = 0; o < out; ++o) value += rows[r][o] * y[i * out + o];
          least_seen = std::min(least_seen, value);
          most_seen = std::max(most_seen, value);
        }
        EXPECT_GE(least[r], least_seen - (most_seen - least_seen)) << net.name << ", row " << r;
      }
    }
  }
}

TEST(Bounds, ContainThousandsOfSamples) { contain_thousands_of_samples(As::each_lane); }
TEST(Bounds, OfOneBoxContainThemToo) { contain_thousands_of_samples(As::one_box); }
TEST(Bounds, OfWindowsContainThemToo) {
  contain_thousands_of_samples(As::windows);
  contain_thousands_of_samples(As::short_windows);
}

// Over balls: samples on and within them stay inside, and of a linear network the bound is the dual norm to the last digits.
TEST(Bounds, OverBallsContainSamplesAndAreExactWhereNothingBends) {
  for (const bool linear : {true, false})
    for (const Crown::Round round : {Crown::Round::l2, Crown::Round::l1}) {
      const auto p = prepared(linear ? dense("x", "y", 6, 3, 71) : dense("x", "a", 6, 8, 72) + node("Relu", {"a"}, {"b"}) + dense("b", "c", 8, 6, 73) + node("HardSwish", {"c"}, {"d"}) + dense("d", "y", 6, 3, 74), {1, 6});
      Runner<double> runner(p->network);
      const Random random(21, linear ? 1 : 2);
      std::vector<double> x(6), radius(6), low(6), high(6);
      for (std::size_t f = 0; f < 6; ++f) {
        x[f] = random.normal(f);
        radius[f] = 0.3 + 0.2 * random.uniform(f + 50);
        low[f] = x[f] - radius[f];
        high[f] = x[f] + radius[f];
      }
      Crown crown(p), box(p);
      for (Crown* c : {&crown, &box}) {
        c->set_boxes(low.data(), high.data());
        if (c == &crown) c->set_ball(round, x, radius);
        c->intervals();
        c->take_as_root();
        c->refine(true);
      }
      std::vector<double> rows(3 * lanes, 0), bounds(lanes), of_box(lanes);
      for (std::size_t c = 0; c < lanes; ++c) rows[c % 3 * lanes + c] = c % 2 == 0 ? 1 : -1;
      crown.lower(rows.data(), bounds.data());
      box.lower(rows.data(), of_box.data());
      std::vector<double> y(3), centre(3);
      runner.forward(x.data(), 1, centre.data());
      for (std::size_t c = 0; c < 6; ++c) EXPECT_GT(bounds[c], of_box[c]) << "a ball is less than its box";
      std::vector<double> least(6, INFINITY);
      for (std::size_t i = 0; i < samples; ++i) {
        std::vector<double> point(6), way(6);
        double norm = 0;
        for (std::size_t f = 0; f < 6; ++f) {
          way[f] = round == Crown::Round::l1 ? (f == i % 6 ? (i % 12 < 6 ? 1.0 : -1.0) : i % 5 == 0 ? random.normal(100 + 6 * i + f) : 0.0) : random.normal(100 + 6 * i + f);
          norm += round == Crown::Round::l1 ? std::fabs(way[f]) : way[f] * way[f];
        }
        norm = round == Crown::Round::l1 ? norm : std::sqrt(norm);
        for (std::size_t f = 0; f < 6; ++f) point[f] = x[f] + way[f] / norm * radius[f] * (1 - 1e-12);
        runner.forward(point.data(), 1, y.data());
        for (std::size_t c = 0; c < 6; ++c) {
          const double value = (c % 2 == 0 ? 1 : -1) * y[c % 3];
          least[c] = std::min(least[c], value);
          ASSERT_LE(bounds[c], value + 1e-12);
        }
      }
      // 4,000 directions come near the worst one, and the bound is there.
      for (std::size_t c = 0; c < 6 && linear; ++c) EXPECT_NEAR(bounds[c], least[c], round == Crown::Round::l1 ? 1e-9 : 0.1 * std::fabs(least[c] - (c % 2 == 0 ? 1 : -1) * centre[c % 3]));
    }
}

// A product has its extremes at corners, which are known: branching on the inputs finds out between a hair above and a
// hair below them.
TEST(Bounds, TheLargestProductIsFoundToAHair) {
  const auto p = prepared(initializer("one", tensor_of<float>(Type::f32, {2, 1}, {1, 0.5F})) + initializer("s", tensor_of<float>(Type::f32, {1}, {1})) + initializer("two", tensor_of<float>(Type::f32, {2, 1}, {-0.5F, 1})) +
                              initializer("t", tensor_of<float>(Type::f32, {1}, {-2})) + node("Gemm", {"x", "one", "s"}, {"a"}) + node("Gemm", {"x", "two", "t"}, {"b"}) + node("Mul", {"a", "b"}, {"y"}),
                          {1, 2});
  double most = -INFINITY;  // of (x0 + x1 / 2 + 1) (-x0 / 2 + x1 - 2) over [-2, 1] x [-1, 3], on a grid
  for (int i = 0; i <= 300; ++i)
    for (int k = 0; k <= 400; ++k) {
      const double x = -2 + i / 100.0, z = -1 + k / 100.0;
      most = std::max(most, (x + z / 2 + 1) * (-x / 2 + z - 2));
    }
  for (const double hair : {-0.001, 0.001}) {
    Property property{2, 1, {}};
    Case c{{-2, -1}, {1, 3}, {}};
    c.outputs.push_back({{{0, -1.0}}, -(most + hair), false});  // is there an output of at least that?
    property.cases.push_back(c);
    VerifyOptions options;
    const auto found = verify(p, property, options);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->verdict, hair > 0 ? Verdict::unsat : Verdict::sat) << most;
  }
}

std::string half(const char* to, std::int64_t from, const Shape& shape) {
  const std::string name(to);
  return initializer(name + "i", tensor_of<std::int64_t>(Type::i64, {4}, {from, from + 1, from + 2, from + 3})) + node("Gather", {"x", name + "i"}, {name + "g"}, attribute("axis", std::int64_t{1})) +
         initializer(name + "s", tensor_of<std::int64_t>(Type::i64, {3}, {1, shape[0], shape[1]})) + node("Reshape", {name + "g", name + "s"}, {to});
}

// What four outputs of eight inputs take at the 256 corners of a box.
void corners(Runner<double>& runner, const std::vector<double>& low, const std::vector<double>& high, std::vector<double>& least, std::vector<double>& most) {
  std::vector<double> x(8), y(4);
  least.assign(4, INFINITY);
  most.assign(4, -INFINITY);
  for (std::size_t corner = 0; corner < 256; ++corner) {
    for (std::size_t f = 0; f < 8; ++f) x[f] = (corner >> f & 1) != 0 ? high[f] : low[f];
    runner.forward(x.data(), 1, y.data());
    for (std::size_t o = 0; o < 4; ++o) least[o] = std::min(least[o], y[o]), most[o] = std::max(most[o], y[o]);
  }
}

// Each output of a product of two 2 x 2 matrices is linear in each of its four numbers: its extremes are at corners of the
// box, all 256 of which are looked at. The interval is exact; the planes miss it by twice the product of radii, no more.
TEST(Bounds, AProductOfMatricesHasTheExtremesOfItsCorners) {
  const auto p = prepared(half("a", 0, {2, 2}) + half("b", 4, {2, 2}) + node("MatMul", {"a", "b"}, {"c"}) + node("Flatten", {"c"}, {"y"}), {1, 8});
  Runner<double> runner(p->network);
  for (std::uint64_t trial = 0; trial < 40; ++trial) {
    const Random random(31, trial);
    std::vector<double> low(8), high(8), least, most;
    for (std::size_t f = 0; f < 8; ++f) {
      low[f] = random.normal(f);
      high[f] = low[f] + (trial % 4 == 0 ? 1e-3 : 1.5) * random.uniform(20 + f);
    }
    corners(runner, low, high, least, most);
    Crown crown(p);
    crown.set_boxes(low.data(), high.data());
    crown.intervals();
    const std::size_t result = p->program().output;
    for (std::size_t o = 0; o < 4; ++o) {
      EXPECT_LE(crown.low(result)[o * lanes], least[o]);
      EXPECT_NEAR(crown.low(result)[o * lanes], least[o], 1e-12);
      EXPECT_NEAR(crown.high(result)[o * lanes], most[o], 1e-12);
    }
    crown.take_as_root();
    crown.refine(true);
    std::vector<double> rows(4 * lanes, 0);
    double bounds[lanes];
    for (std::size_t c = 0; c < lanes; ++c) rows[c % 4 * lanes + c] = c / 4 % 2 == 0 ? 1 : -1;
    crown.lower(rows.data(), bounds);
    for (std::size_t o = 0; o < 4; ++o) {
      double gap = 0;
      for (std::size_t k = 0; k < 2; ++k) {
        const std::size_t left = o / 2 * 2 + k, right = 4 + 2 * k + o % 2;
        gap += 0.5 * (high[left] - low[left]) * (high[right] - low[right]);
      }
      EXPECT_LE(bounds[o], least[o] + 1e-12);
      EXPECT_GE(bounds[o], least[o] - gap - 1e-12);
      EXPECT_LE(-bounds[o + 4], most[o] + gap + 1e-12);
      EXPECT_GE(-bounds[o + 4], most[o] - 1e-12);
    }
  }
}

// What attention mixes lies between the least and the greatest of what it mixes, however wide the scores: shares add up to
// 1. A sum of intervals of shares would not know that.
TEST(Bounds, MixturesStayBetweenWhatIsMixed) {
  const auto p = prepared(half("a", 0, {2, 2}) + half("b", 4, {2, 2}) + node("Softmax", {"a"}, {"s"}, attribute("axis", std::int64_t{-1})) + node("MatMul", {"s", "b"}, {"c"}) + node("Flatten", {"c"}, {"y"}), {1, 8});
  Runner<double> runner(p->network);
  for (std::uint64_t trial = 0; trial < 40; ++trial) {
    const Random random(32, trial);
    std::vector<double> low(8), high(8), least, most;
    for (std::size_t f = 0; f < 8; ++f) {
      low[f] = random.normal(f) + (f >= 4 ? 7 : 0);
      high[f] = low[f] + (f >= 4 ? 0.2 : trial % 4 == 0 ? 20 : 1) * random.uniform(20 + f);
    }
    // Of two shares: the first falls with the second score. Its ends and those of what is mixed are corners.
    corners(runner, low, high, least, most);
    Crown crown(p);
    crown.set_boxes(low.data(), high.data());
    crown.intervals();
    for (std::size_t o = 0; o < 4; ++o) {
      EXPECT_LE(crown.low(p->program().output)[o * lanes], least[o]);
      EXPECT_NEAR(crown.low(p->program().output)[o * lanes], least[o], 1e-10) << "trial " << trial;
      EXPECT_NEAR(crown.high(p->program().output)[o * lanes], most[o], 1e-10) << "trial " << trial;
    }
  }
}

// Every function over many intervals: nothing it takes there lies outside of its reach, its slopes and its lines.
TEST(Bounds, CurvesLieBetweenTheirLines) {
  const std::vector<Unary> functions{{Function::relu, 0, 0}, {Function::leaky_relu, 0.1, 0}, {Function::leaky_relu, 1.5, 0}, {Function::elu, 1, 0}, {Function::elu, 0.3, 0}, {Function::elu, 2, 0},
                                     {Function::selu, 1.67, 1.05}, {Function::celu, 0.7, 0}, {Function::softplus, 0, 0}, {Function::softsign, 0, 0}, {Function::sigmoid, 0, 0},
                                     {Function::hard_sigmoid, 0.2, 0.5}, {Function::hard_swish, 0, 0}, {Function::tanh, 0, 0}, {Function::clip, -0.5, 1.5}, {Function::abs, 0, 0}, {Function::exp, 0, 0},
                                     {Function::log, 0, 0}, {Function::sqrt, 0, 0}, {Function::square, 0, 0}, {Function::reciprocal, 0, 0}, {Function::erf, 0, 0}, {Function::gelu, 0, 0}, {Function::silu, 0, 0}};
  const Random random(9, 1);
  std::uint64_t at = 0;
  for (const Unary& u : functions) {
    ASSERT_TRUE(has_bounds(u)) << static_cast<int>(u.function);
    const bool positive = u.function == Function::log || u.function == Function::sqrt || u.function == Function::reciprocal;
    for (int trial = 0; trial < 3000; ++trial) {
      const double centre = trial % 5 == 0 ? std::round(6 * random.uniform(at) - 3) : 12 * random.uniform(at) - 6, width = std::exp(14 * random.uniform(at + 1) - 12);
      at += 2;
      double low = centre - width, high = centre + width * (trial % 3 == 0 ? 0 : 1);
      if (positive) low = std::max(low, 1e-3), high = std::max(high, low + 1e-6);
      const Span values = reach(u, low, high), by = slopes(u, low, high);
      const Lines2 lines = lines_of(u, low, high, values);
      for (int k = 0; k <= 40; ++k) {
        const double x = std::min(high, low + (high - low) * k / 40.0), y = apply(u, x), room = 1e-14 * (1 + std::fabs(y));
        ASSERT_LE(values.low, y + room) << static_cast<int>(u.function) << " at " << x << " of " << low << ", " << high;
        ASSERT_GE(values.high, y - room) << static_cast<int>(u.function) << " at " << x << " of " << low << ", " << high;
        ASSERT_LE(lines.below.slope * x + lines.below.shift, y + room + 1e-13 * std::fabs(lines.below.slope * x)) << static_cast<int>(u.function) << " at " << x << " of " << low << ", " << high;
        ASSERT_GE(lines.above.slope * x + lines.above.shift, y - room - 1e-13 * std::fabs(lines.above.slope * x)) << static_cast<int>(u.function) << " at " << x << " of " << low << ", " << high;
        if (k == 0) continue;
        const double before = low + (high - low) * (k - 1) / 40.0, steep = (y - apply(u, before)) / (x - before);
        if (x - before > 1e-4) {
          ASSERT_LE(by.low, steep + 1e-9) << static_cast<int>(u.function) << " at " << x << " of " << low << ", " << high;
          ASSERT_GE(by.high, steep - 1e-9) << static_cast<int>(u.function) << " at " << x << " of " << low << ", " << high;
        }
      }
    }
    // Over nothing but a point the two lines meet in the value.
    const double x = positive ? 0.7 : 0.3;
    const Lines2 point = lines_of(u, x, x, reach(u, x, x));
    EXPECT_NEAR(point.below.slope * x + point.below.shift, apply(u, x), 1e-12) << static_cast<int>(u.function);
    EXPECT_NEAR(point.above.slope * x + point.above.shift, apply(u, x), 1e-12) << static_cast<int>(u.function);
  }
}

// What has no number says nothing, and certifies nothing.
TEST(Bounds, AnIntervalWithoutNumbersProvesNothing) {
  const auto p = prepared(dense("x", "a", 3, 2, 61) + node("Reciprocal", {"a"}, {"b"}) + node("Log", {"b"}, {"y"}), {1, 3});
  Certifier certifier(p);
  CertifyOptions options;
  options.eps = 5;
  options.domain_low = -10;
  options.domain_high = 10;
  const float x[3] = {0.1F, 0.2F, 0.3F};
  for (const std::size_t label : {0U, 1U}) EXPECT_EQ(certifier.certify(x, label, options).outcome, Outcome::unknown);
}

// A normalisation behind a convolution is part of it, and a bound goes through one step where it went through two.
TEST(Bounds, NormalisationsBecomePartOfWeights) {
  for (const Net& net : nets()) {
    if (net.name != "mobile") continue;
    const auto p = prepared(net.parts, net.input);
    for (const Step& step : p->program().steps) EXPECT_FALSE(std::holds_alternative<Scale>(step.operation)) << step.op;
    // The value is that of the model to the last digits, and the interval over a point has it.
    std::vector<double> x(32), y(3);
    for (std::size_t f = 0; f < 32; ++f) x[f] = Random(41, 2).normal(f);
    Runner<double>(p->network).forward(x.data(), 1, y.data());
    Crown crown(p);
    crown.set_boxes(x.data(), x.data());
    crown.intervals();
    for (std::size_t o = 0; o < 3; ++o) {
      EXPECT_NEAR(crown.low(p->program().output)[o * lanes], y[o], 1e-12);
      EXPECT_NEAR(crown.high(p->program().output)[o * lanes], y[o], 1e-12);
    }
    return;
  }
  ADD_FAILURE() << "no such network";
}

// Of a large network, where intervals have become as wide as the numbers in them the rest is not computed, and that is said;
// over a small box the same network is gone through to the end.
TEST(Bounds, ALargeNetworkIsGivenUpWhereNothingCanFollow) {
  for (const Net& net : nets()) {
    if (net.name != "mobile") continue;
    auto large = std::make_shared<Prepared>(*prepared(net.parts, net.input));
    large->large = true;
    large->few = 0;
    std::vector<float> x(32);
    std::vector<double> wide(32), y(3);
    for (std::size_t f = 0; f < 32; ++f) wide[f] = x[f] = static_cast<float>(Random(42, 2).uniform(f));
    Runner<double>(large->network).forward(wide.data(), 1, y.data());
    const auto label = static_cast<std::size_t>(std::max_element(y.begin(), y.end()) - y.begin());
    Certifier certifier(large);
    EXPECT_GT(certifier.lead(x.data(), label), 0);
    CertifyOptions options;
    options.eps = 1;
    const Certificate nothing = certifier.certify(x.data(), label, options);
    EXPECT_EQ(nothing.outcome, Outcome::unknown);
    EXPECT_FALSE(nothing.given_up_at.empty());
    EXPECT_LT(nothing.steps_before, nothing.steps);
    options.eps = 1e-4;
    const Certificate proven = certifier.certify(x.data(), label, options);
    EXPECT_EQ(proven.outcome, Outcome::certified);
    EXPECT_TRUE(proven.given_up_at.empty());
  }
}

// A layer norm adds a little to a variance that is at least 0: over a box of any width the square root and what is divided by it
// have bounds. A lower end of less than 0, by the roundings of a large upper end, would leave none.
TEST(Bounds, AVarianceIsNeverNegative) {
  const auto p = prepared(node("Mul", {"x", "x"}, {"s"}) + node("ReduceMean", {"s"}, {"v"}, attribute("axes", std::vector<std::int64_t>{-1})) + initializer("e", tensor_of<float>(Type::f32, {1}, {1e-5F})) +
                              node("Add", {"v", "e"}, {"w"}) + node("Sqrt", {"w"}, {"d"}) + node("Div", {"x", "d"}, {"y"}),
                          {1, 6});
  const std::vector<double> low(6, -1e8), high(6, 1e8);
  Crown crown(p);
  crown.set_boxes(low.data(), high.data());
  crown.intervals();
  for (std::size_t o = 0; o < 6; ++o) {
    EXPECT_GT(crown.low(p->program().output)[o * lanes], -1e8 / std::sqrt(1e-5) * 1.01);
    EXPECT_LT(crown.high(p->program().output)[o * lanes], 1e8 / std::sqrt(1e-5) * 1.01);
  }
}

// y = (1e16 x + 1) - 1e16 x is 1 for every x. In double precision it comes out as 0 or 2; a bound of no width around
// that would be a proof of something false.
TEST(Bounds, RoundingIsGivenAway) {
  const auto p = prepared(initializer("w", tensor_of<float>(Type::f32, {1, 2}, {1e16F, 1})) + initializer("b", tensor_of<float>(Type::f32, {2}, {1, 0})) + node("Gemm", {"x", "w", "b"}, {"a"}) +
                              initializer("v", tensor_of<float>(Type::f32, {2, 1}, {1, -1e16F})) + node("MatMul", {"a", "v"}, {"y"}),
                          {1, 1});
  const std::size_t result = p->program().output;
  const double x = 0.7;
  double y = 0;
  Runner<double>(p->network).forward(&x, 1, &y);
  EXPECT_NE(y, 1) << "the example no longer shows what it is for";
  Crown crown(p);
  crown.set_boxes(&x, &x);
  crown.intervals();
  EXPECT_LE(crown.low(result)[0], 1);
  EXPECT_GE(crown.high(result)[0], 1);
  crown.take_as_root();
  crown.refine(true);
  std::vector<double> rows(lanes);
  double bounds[lanes];
  for (std::size_t c = 0; c < lanes; ++c) rows[c] = c % 2 == 0 ? 1 : -1;
  crown.lower(rows.data(), bounds);
  EXPECT_LE(bounds[0], 1);
  EXPECT_LE(bounds[1], -1);
}

// A net of two inputs can be looked at everywhere: what is certified holds on a fine grid, what is falsified carries an
// input that is wrong, and with enough parts nothing stays open.
TEST(Bounds, CertifiedCountsOnASmallNetAreThoseOfAFineGrid) {
  const auto p = prepared(dense("x", "a", 2, 12, 21) + node("Relu", {"a"}, {"b"}) + dense("b", "c", 12, 8, 22) + node("Relu", {"c"}, {"d"}) + dense("d", "y", 8, 3, 23), {1, 2});
  Runner<double> runner(p->network);
  Certifier certifier(p);
  std::size_t certified[3] = {0, 0, 0}, falsified = 0, open = 0, robust_on_grid = 0;
  const Random random(3, 4);
  for (std::size_t i = 0; i < 60; ++i) {
    const float x[2] = {static_cast<float>(random.uniform(2 * i)), static_cast<float>(random.uniform(2 * i + 1))};
    const double wide[2] = {x[0], x[1]};
    double y[3];
    runner.forward(wide, 1, y);
    const auto label = static_cast<std::size_t>(std::max_element(y, y + 3) - y);
    CertifyOptions options;
    options.eps = 0.08;
    bool holds = true;
    for (int a = 0; a <= 40; ++a)
      for (int b = 0; b <= 40; ++b) {
        const double point[2] = {std::clamp(x[0] + options.eps * (a / 20.0 - 1), 0.0, 1.0), std::clamp(x[1] + options.eps * (b / 20.0 - 1), 0.0, 1.0)};
        double z[3];
        runner.forward(point, 1, z);
        for (std::size_t k = 0; k < 3; ++k) holds = holds && (k == label || z[label] > z[k]);
      }
    robust_on_grid += holds;
    for (const Method method : {Method::interval, Method::crown, Method::branch_and_bound}) {
      options.method = method;
      const Certificate c = certifier.certify(x, label, options);
      certified[static_cast<int>(method)] += c.outcome == Outcome::certified;
      if (c.by == Method::crown && c.outcome == Outcome::certified) {
        EXPECT_GT(c.rounding, 0);
        EXPECT_LT(c.rounding, 1e-9);
      }
      EXPECT_FALSE(c.outcome == Outcome::certified && !holds) << "sample " << i << " is certified and breaks on the grid";
      if (method != Method::branch_and_bound) continue;
      open += c.outcome == Outcome::unknown;
      if (c.outcome != Outcome::falsified) continue;
      ++falsified;
      ASSERT_EQ(c.counter_example.size(), 2U);
      const double point[2] = {c.counter_example[0], c.counter_example[1]};
      double z[3];
      runner.forward(point, 1, z);
      EXPECT_GE(std::max(z[(label + 1) % 3], z[(label + 2) % 3]), z[label]);
      for (int d = 0; d < 2; ++d) EXPECT_LE(std::fabs(point[d] - static_cast<double>(x[d])), options.eps + 1e-7);
    }
  }
  EXPECT_EQ(open, 0U);
  EXPECT_LE(certified[0], certified[1]);
  EXPECT_LE(certified[1], certified[2]);
  EXPECT_EQ(certified[2] + falsified, 60U);
  EXPECT_LE(certified[2], robust_on_grid);
  EXPECT_LE(robust_on_grid - certified[2], 2U) << "the grid misses what lies between its points, not more";
  EXPECT_GT(certified[2], 10U);
  EXPECT_GT(falsified, 5U);
}

TEST(Bounds, NameTheOperatorThatHasNone) {
  const auto m = read_onnx("m.onnx", model(node("Sin", {"x"}, {"y"}), {1, 3}));
  const auto network = Network::compile(*m);
  ASSERT_TRUE(network);
  const auto p = prepare(*network);
  ASSERT_FALSE(p);
  EXPECT_NE(p.error()[0].message.find("not tested: operator Sin has no bounds"), std::string::npos);
}

}  // namespace
}  // namespace duolex::tensor::bounds
