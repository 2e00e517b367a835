#include "tensor/network.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

#include "tensor/evaluate.h"
#include "tensor/random.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using namespace duolex::tensor::testing;

Network compiled(const std::string& bytes, const NetworkOptions& options = {}) {
  const auto model = read_onnx("m.onnx", bytes);
  EXPECT_TRUE(model) << render(model ? Diagnostics{} : model.error());
  auto network = Network::compile(*model, options);
  EXPECT_TRUE(network) << render(network ? Diagnostics{} : network.error());
  return *network;
}

template <class T>
std::vector<T> noise(std::size_t n, std::uint64_t stream) {
  const Random random(7, stream);
  std::vector<T> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = static_cast<T>(random.normal(i));
  return v;
}

Tensor weights(const Shape& shape, std::uint64_t stream) { return tensor_of(Type::f32, shape, noise<float>(*element_count(shape), stream)); }

// The product of a direction with the Jacobian against central differences, in double precision.
void check_gradient(const Network& network, const std::string& what, double shift = 0) {
  Runner<double> runner(network);
  const std::size_t in = network.inputs(), out = network.outputs();
  std::vector<double> x = noise<double>(3 * in, 1), direction = noise<double>(out, 2), gx(3 * in), y(3 * out);
  for (double& v : x) v += shift;
  runner.gradients(x.data(), 3, y.data(), 1, [&](std::size_t, const double*, double* d) { std::copy(direction.begin(), direction.end(), d); }, gx.data());
  const double step = 1e-6;
  std::vector<double> up(out), down(out);
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t f = 0; f < in; f += 1 + in / 37) {
      std::vector<double> point(x.begin() + static_cast<std::ptrdiff_t>(i * in), x.begin() + static_cast<std::ptrdiff_t>((i + 1) * in));
      point[f] += step;
      runner.forward(point.data(), 1, up.data());
      point[f] -= 2 * step;
      runner.forward(point.data(), 1, down.data());
      double expected = 0;
      for (std::size_t o = 0; o < out; ++o) expected += direction[o] * (up[o] - down[o]) / (2 * step);
      EXPECT_NEAR(gx[i * in + f], expected, 1e-5 * (1 + std::fabs(expected))) << what << ", sample " << i << ", feature " << f;
    }
}

TEST(Network, GradientsAgreeWithDifferences) {
  struct Case {
    std::string name, parts;
    Shape input;
  };
  const std::string conv = initializer("w", weights({4, 3, 3, 2}, 3)) + initializer("b", weights({4}, 4));
  const std::vector<Case> cases{
      {"conv", conv + node("Conv", {"x", "w", "b"}, {"y"}, attribute("pads", std::vector<std::int64_t>{1, 0, 2, 1}) + attribute("strides", std::vector<std::int64_t>{2, 1})), {-1, 3, 6, 5}},
      {"dilated conv", conv + node("Conv", {"x", "w"}, {"y"}, attribute("dilations", std::vector<std::int64_t>{2, 3})), {1, 3, 7, 6}},
      {"grouped conv", initializer("w", weights({4, 1, 3}, 3)) + node("Conv", {"x", "w"}, {"y"}, attribute("group", std::int64_t{2})), {1, 2, 9}},
      {"transposed conv", initializer("w", weights({3, 2, 3, 3}, 3)) + node("ConvTranspose", {"x", "w"}, {"y"}, attribute("strides", std::vector<std::int64_t>{2, 2}) + attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})), {1, 3, 4, 4}},
      {"gemm", initializer("w", weights({5, 7}, 3)) + initializer("b", weights({5}, 4)) + node("Gemm", {"x", "w", "b"}, {"y"}, attribute("transB", std::int64_t{1}) + attribute("alpha", 0.5F) + attribute("beta", 2.0F)), {1, 7}},
      {"matmul", initializer("w", weights({7, 5}, 3)) + node("MatMul", {"x", "w"}, {"y"}), {1, 4, 7}},
      {"matmul left", initializer("w", weights({5, 4}, 3)) + node("MatMul", {"w", "x"}, {"y"}), {1, 2, 4, 7}},
      {"attention", node("Transpose", {"x"}, {"t"}, attribute("perm", std::vector<std::int64_t>{0, 2, 1})) + node("MatMul", {"x", "t"}, {"m"}) + node("Softmax", {"m"}, {"s"}) + node("MatMul", {"s", "x"}, {"y"}), {1, 4, 3}},
      {"norm", initializer("s", weights({3}, 3)) + initializer("b", weights({3}, 4)) + initializer("m", weights({3}, 5)) + initializer("v", tensor_of<float>(Type::f32, {3}, {1, 2, 3})) + node("BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}), {1, 3, 4}},
      {"arithmetic", initializer("c", weights({3, 1}, 3)) + node("Sub", {"c", "x"}, {"a"}) + node("Mul", {"a", "x"}, {"b"}) + node("Div", {"b", "c"}, {"d"}) + node("Add", {"d", "d"}, {"y"}), {1, 3, 4}},
      {"residual", initializer("w", weights({4, 4}, 3)) + node("MatMul", {"x", "w"}, {"a"}) + node("Relu", {"a"}, {"b"}) + node("Add", {"b", "x"}, {"y"}), {1, 4}},
      {"max pool", node("MaxPool", {"x"}, {"y"}, attribute("kernel_shape", std::vector<std::int64_t>{2, 3}) + attribute("strides", std::vector<std::int64_t>{2, 1}) + attribute("pads", std::vector<std::int64_t>{0, 1, 1, 1})), {1, 2, 5, 6}},
      {"average pool", node("AveragePool", {"x"}, {"y"}, attribute("kernel_shape", std::vector<std::int64_t>{2, 3}) + attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})), {1, 2, 5, 6}},
      {"global pool", node("GlobalAveragePool", {"x"}, {"y"}), {1, 2, 5, 6}},
      {"reduce", node("ReduceMean", {"x"}, {"a"}, attribute("axes", std::vector<std::int64_t>{-1})) + node("Sub", {"x", "a"}, {"y"}), {1, 3, 5}},
      {"reduce max", node("ReduceMax", {"x"}, {"y"}, attribute("axes", std::vector<std::int64_t>{1})), {1, 3, 5}},
      {"softmax", node("LogSoftmax", {"x"}, {"y"}, attribute("axis", std::int64_t{1})), {1, 3, 5}},
      {"rearranged", node("Transpose", {"x"}, {"a"}, attribute("perm", std::vector<std::int64_t>{0, 2, 1})) + node("Concat", {"a", "a"}, {"b"}, attribute("axis", std::int64_t{2})) + initializer("p", integers({0, 1, 0, 0, 0, 2})) + node("Pad", {"b", "p"}, {"c"}) + node("Flatten", {"c"}, {"y"}), {1, 3, 5}},
      {"resized", initializer("f", tensor_of<float>(Type::f32, {4}, {1, 1, 2, 1.5F})) + node("Resize", {"x", "", "f"}, {"y"}, attribute("mode", std::string("linear"))), {1, 2, 3, 4}},
      {"made smaller smoothly", initializer("f", tensor_of<float>(Type::f32, {4}, {1, 1, 0.5F, 0.4F})) + node("Resize", {"x", "", "f"}, {"y"}, attribute("mode", std::string("cubic")) + attribute("antialias", std::int64_t{1})), {1, 2, 6, 7}},
      {"resized by neighbours", initializer("f", tensor_of<float>(Type::f32, {4}, {1, 1, 2, 2})) + node("Resize", {"x", "", "f"}, {"y"}), {1, 2, 3, 4}},
      {"leaky", node("LeakyRelu", {"x"}, {"y"}), {1, 9}},
      {"prelu", initializer("s", weights({3, 1}, 3)) + node("PRelu", {"x", "s"}, {"y"}), {1, 3, 4}}};
  for (const Case& c : cases) check_gradient(compiled(model(c.parts, c.input)), c.name);
  for (const char* op : {"Relu", "Elu", "Selu", "Celu", "Softplus", "Softsign", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Abs", "Exp", "Erf",
                         "Gelu", "Sin", "Cos", "Neg", "ThresholdedRelu", "Mish", "Reciprocal"})
    check_gradient(compiled(model(node(op, {"x"}, {"y"}), {1, 11})), op);
  for (const char* op : {"Log", "Sqrt"}) check_gradient(compiled(model(node(op, {"x"}, {"y"}), {1, 11})), op, 8);
}

struct RecurrentCase {
  std::string name, op;
  std::int64_t gates = 1;
  bool both = false, batch_first = false;
  std::string more = "";
  std::string output = "all";  // what the layer shows: all, last, cell
};

std::string recurrent_parts(const RecurrentCase& c) {
  const std::int64_t d = c.both ? 2 : 1, h = 4, in = 3;
  std::string parts = initializer("w", weights({d, c.gates * h, in}, 3)) + initializer("r", weights({d, c.gates * h, h}, 4)) + initializer("b", weights({d, 2 * c.gates * h}, 5)) +
                      initializer("h", weights(c.batch_first ? Shape{1, d, h} : Shape{d, 1, h}, 6)) + initializer("c", weights(c.batch_first ? Shape{1, d, h} : Shape{d, 1, h}, 7));
  parts += node("Transpose", {"x"}, {"t"}, attribute("perm", c.batch_first ? std::vector<std::int64_t>{0, 1, 2} : std::vector<std::int64_t>{1, 0, 2}));
  std::vector<std::string> inputs = {"t", "w", "r", "b", "", "h"};
  if (c.op == "LSTM") inputs.push_back("c");
  return parts + node(c.op, inputs, {"all", "last", "cell"}, attribute("hidden_size", h) + (c.both ? attribute("direction", std::string("bidirectional")) : "") + attribute("layout", std::int64_t{c.batch_first}) + c.more) +
         node("Flatten", {c.output}, {"y"}, attribute("axis", std::int64_t{0}));
}

TEST(Network, RecurrentLayersAnswerAsTheEvaluatorDoesAndHaveGradients) {
  const std::string reverse = attribute("direction", std::string("reverse"));
  for (const RecurrentCase& c : {RecurrentCase{"lstm", "LSTM", 4}, RecurrentCase{"lstm both ways", "LSTM", 4, true}, RecurrentCase{"lstm, the last", "LSTM", 4, true, false, "", "last"},
                                 RecurrentCase{"lstm, the cell", "LSTM", 4, false, false, "", "cell"}, RecurrentCase{"lstm by batch", "LSTM", 4, true, true}, RecurrentCase{"lstm backwards", "LSTM", 4, false, false, reverse},
                                 RecurrentCase{"gru", "GRU", 3}, RecurrentCase{"gru both ways", "GRU", 3, true, false, "", "last"},
                                 RecurrentCase{"gru, reset afterwards", "GRU", 3, false, false, attribute("linear_before_reset", std::int64_t{1})}, RecurrentCase{"rnn", "RNN", 1, true}}) {
    RecurrentCase two = c;
    std::string parts = recurrent_parts(two);
    if (c.op != "LSTM") parts = parts.replace(parts.find("cell"), 4, "none");
    const std::string bytes = model(parts, {1, 5, 3}, 14);
    const Network network = compiled(bytes);
    check_gradient(network, c.name);
    const auto read = read_onnx("m.onnx", bytes);
    const std::vector<float> x = noise<float>(15, 8);
    const auto y = evaluate(*read, {{"x", datum(tensor_of(Type::f32, {1, 5, 3}, x))}});
    ASSERT_TRUE(y) << render(y.error());
    const Tensor& wanted = *(*y)[0].tensor;
    ASSERT_EQ(wanted.elements(), network.outputs()) << c.name;
    std::vector<double> xd(x.begin(), x.end()), out(network.outputs());
    Runner<double>(network).forward(xd.data(), 1, out.data());
    for (std::size_t i = 0; i < out.size(); ++i) EXPECT_NEAR(out[i], wanted.number(i), 1e-6) << c.name << " " << i;
  }
}

TEST(Network, AResultDependsOnNothingButTheSample) {
  const std::string parts = initializer("w", weights({9, 3, 3, 3}, 3)) + initializer("b", weights({9}, 4)) + node("Conv", {"x", "w", "b"}, {"a"}, attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})) +
                            node("Relu", {"a"}, {"b2"}) + node("Flatten", {"b2"}, {"c"}) + initializer("v", weights({9 * 49, 5}, 5)) + node("MatMul", {"c", "v"}, {"y"});
  const Network network = compiled(model(parts, {-1, 3, 7, 7}));
  const std::size_t n = 37, in = network.inputs(), out = network.outputs();
  const std::vector<float> x = noise<float>(n * in, 9);
  const auto ask = [](std::size_t i, const float*, float* d) { d[i % 5] = 1; };
  std::vector<float> y(n * out), g(n * in);
  Runner<float>(network).gradients(x.data(), n, y.data(), 1, ask, g.data());
  std::vector<InstructionSet> sets{InstructionSet::portable};
  if (best_instruction_set() >= InstructionSet::avx2) sets.push_back(InstructionSet::avx2);
  if (best_instruction_set() >= InstructionSet::avx512) sets.push_back(InstructionSet::avx512);
  for (const InstructionSet set : sets) {
    std::vector<float> y2(n * out), g2(n * in);
    Runner<float>(network, set).gradients(x.data(), n, y2.data(), 1, ask, g2.data());
    EXPECT_EQ(y, y2) << name_of(set);
    EXPECT_EQ(g, g2) << name_of(set);
    std::vector<double> xd(x.begin(), x.end()), yd(n * out), yd2(n * out);
    Runner<double>(network).forward(xd.data(), n, yd.data());
    Runner<double>(network, set).forward(xd.data(), n, yd2.data());
    EXPECT_EQ(yd, yd2) << name_of(set);
  }
  for (const std::size_t threads : {1U, 2U, 3U}) {
    std::vector<float> y2(n * out), g2(n * in);
    for_ranges(n, 5, threads, [&](std::size_t begin, std::size_t end, std::size_t) {
      Runner<float> runner(network);
      runner.gradients(x.data() + begin * in, end - begin, y2.data() + begin * out, 1,
                       [&](std::size_t i, const float* r, float* d) { ask(begin + i, r, d); }, g2.data() + begin * in);
    });
    EXPECT_EQ(y, y2);
    EXPECT_EQ(g, g2);
  }
}

TEST(Network, NamesWhatItLacks) {
  const auto said = [](const std::string& bytes) {
    const auto model = read_onnx("m.onnx", bytes);
    if (!model) return render(model.error());
    const auto network = Network::compile(*model);
    return network ? std::string("compiled") : render(network.error());
  };
  EXPECT_NE(said(model(node("NonMaxSuppression", {"x"}, {"y"}), {1, 4})).find("not tested: operator NonMaxSuppression"), std::string::npos);
  EXPECT_NE(said(model(node("Relu", {"x"}, {"y"}), {1, -1})).find("open dimension"), std::string::npos);
  EXPECT_NE(said(model(node("Relu", {"x"}, {"y"}), {7, 4})).find("batch that is fixed to 7"), std::string::npos);
  const Network rounded = compiled(model(node("Round", {"x"}, {"y"}), {1, 4}));
  EXPECT_EQ(rounded.flat_operators(), std::vector<std::string>{"Round"});
}

TEST(Network, ClassifiesTheImagesOfTheSuite) {
  if (!std::filesystem::exists(shared() / "suites" / "robustness-sdp")) GTEST_SKIP() << "the suite robustness-sdp is not beside the project";
  struct Case {
    const char *file, *set;
    std::size_t size, channels, correct;
  };
  for (const Case& c : {Case{"mnist.onnx", "mnist", 28, 1, 195}, Case{"cifar_adv.onnx", "cifar", 32, 3, 140}}) {
    const Network network = compiled(slurp(shared() / "suites" / "robustness-sdp" / c.file));
    const Images data = images(c.set, c.size, c.channels);
    ASSERT_EQ(data.features, network.inputs());
    std::vector<float> y(data.y.size() * network.outputs());
    Runner<float>(network).forward(data.x.data(), data.y.size(), y.data());
    std::size_t correct = 0;
    for (std::size_t i = 0; i < data.y.size(); ++i) {
      const auto row = y.begin() + static_cast<std::ptrdiff_t>(i * network.outputs());
      correct += std::max_element(row, row + static_cast<std::ptrdiff_t>(network.outputs())) - row == data.y[i];
    }
    EXPECT_EQ(correct, c.correct) << c.file;
    if (c.channels == 1) check_gradient(network, c.file);
  }
}

TEST(Random, IsTheSameByCounterAndTheKnownFunction) {
  // The known-answer vectors of the authors' distribution for ten rounds.
  EXPECT_EQ(philox({0, 0, 0, 0}, {0, 0}), (std::array<std::uint32_t, 4>{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(philox({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (std::array<std::uint32_t, 4>{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  Random sequence(3, 4);
  EXPECT_EQ(sequence.next_bits(), Random(3, 4).bits(0));
  EXPECT_EQ(sequence.next_bits(), Random(3, 4).bits(1));
  EXPECT_NE(Random(3, 5).bits(0), Random(3, 4).bits(0));
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < 10000; ++i) {
    const double v = Random(1, 2).normal(i);
    sum += v;
    squares += v * v;
    ASSERT_LT(Random(1, 2).below(i, 7), 7U);
  }
  EXPECT_NEAR(sum / 10000, 0, 0.05);
  EXPECT_NEAR(squares / 10000, 1, 0.05);
}

}  // namespace
}  // namespace duolex::tensor
