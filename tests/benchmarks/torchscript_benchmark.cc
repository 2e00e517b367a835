// torchscript_benchmark: what a pass costs by libtorch, row by row, beside the engine's own, of one small network of
// convolutions on pictures of 28 by 28. One thread each.
#include <ATen/ATen.h>
#include <torch/csrc/jit/api/module.h>

#include <chrono>
#include <cstdio>
#include <sstream>

#include "tensor/network.h"
#include "tensor/random.h"
#include "tensor/test_model.h"
#include "torchscript/load.h"

namespace {

using namespace duolex;
using namespace duolex::tensor::testing;
using tensor::Type;

tensor::Tensor weights(const tensor::Shape& shape, std::uint64_t stream) {
  const tensor::Random random(3, stream);
  std::vector<float> v(*tensor::element_count(shape));
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = static_cast<float>(0.1 * random.normal(i));
  return tensor::tensor_of(Type::f32, shape, v);
}
at::Tensor torch_of(const tensor::Tensor& t) {
  at::Tensor out = at::empty(t.shape, at::kFloat);
  std::memcpy(out.data_ptr<float>(), t.bytes.data(), t.bytes.size());
  return out;
}

// Seconds a call, of at least half a second of them.
template <class Work>
double seconds_of(const Work& work) {
  work();
  for (std::size_t n = 1;; n *= 2) {
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < n; ++i) work();
    const double all = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (all > 0.5) return all / static_cast<double>(n);
  }
}

int fail(const Diagnostics& errors) {
  std::fputs(render(errors).c_str(), stderr);
  return 70;
}

}  // namespace

int main() {
  const tensor::Tensor w1 = weights({16, 1, 4, 4}, 1), w2 = weights({32, 16, 4, 4}, 2), w3 = weights({1568, 100}, 3), w4 = weights({100, 10}, 4);
  const std::string onnx = model(initializer("a", w1) + initializer("b", w2) + initializer("c", w3) + initializer("d", w4) + node("Conv", {"x", "a"}, {"1"}, attribute("strides", std::vector<std::int64_t>{2, 2}) + attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})) +
                                     node("Relu", {"1"}, {"2"}) + node("Conv", {"2", "b"}, {"3"}, attribute("strides", std::vector<std::int64_t>{2, 2}) + attribute("pads", std::vector<std::int64_t>{1, 1, 1, 1})) + node("Relu", {"3"}, {"4"}) + node("Flatten", {"4"}, {"5"}) +
                                     node("MatMul", {"5", "c"}, {"6"}) + node("Relu", {"6"}, {"7"}) + node("MatMul", {"7", "d"}, {"y"}),
                                 {-1, 1, 28, 28});
  const auto read = tensor::read_onnx("m.onnx", onnx);
  if (!read) return fail(read.error());
  const auto network = tensor::Network::compile(*read);
  if (!network) return fail(network.error());
  const auto engine = torchscript::load_engine();
  if (!engine) return fail(engine.error());
  torch::jit::Module module("Net");
  for (const auto& [name, w] : {std::pair{"a", w1}, std::pair{"b", w2}, std::pair{"c", w3}, std::pair{"d", w4}}) module.register_parameter(name, torch_of(w), false);
  module.define("def forward(self, x):\n    h = torch.relu(torch.conv2d(x, self.a, None, [2, 2], [1, 1]))\n    h = torch.relu(torch.conv2d(h, self.b, None, [2, 2], [1, 1])).flatten(1)\n    return torch.matmul(torch.relu(torch.matmul(h, self.c)), self.d)\n");
  std::ostringstream bytes;
  module.save(bytes);
  const auto scripted = (*engine)->open("m.pt", bytes.str(), {{1, 28, 28}});
  if (!scripted) return fail(scripted.error());
  const auto session = (*scripted)->session();
  if (!session) return fail(session.error());

  const std::size_t rows = tensor::lanes, in = network->inputs(), out = network->outputs();
  std::vector<float> x(rows * in), y(rows * out), z(rows * out), g(rows * in), h(rows * in);
  const tensor::Random random(5, 1);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = static_cast<float>(random.uniform(i));
  tensor::Runner<float> runner(*network);
  const auto one = [](const float*, float* d) { d[0] = 1; };
  const double own_forward = seconds_of([&] { runner.forward(x.data(), rows, y.data()); }) / static_cast<double>(rows);
  const double own_gradient = seconds_of([&] { runner.gradients(x.data(), rows, y.data(), 1, [&](std::size_t, const float* s, float* d) { one(s, d); }, g.data()); }) / static_cast<double>(rows);
  bool done = true;
  const auto all = [&](const auto& ask) {
    for (std::size_t i = 0; i < rows; ++i) done = done && ask(i).has_value();
  };
  const double their_forward = seconds_of([&] { all([&](std::size_t i) { return (*session)->scores(x.data() + i * in, z.data() + i * out); }); }) / static_cast<double>(rows);
  const double their_gradient = seconds_of([&] { all([&](std::size_t i) { return (*session)->gradient(x.data() + i * in, z.data() + i * out, one, h.data() + i * in); }); }) / static_cast<double>(rows);
  double apart = 0;
  for (std::size_t i = 0; i < y.size(); ++i) apart = std::max(apart, std::fabs(static_cast<double>(y[i]) - static_cast<double>(z[i])));
  std::printf("a row            engine      libtorch %s (%s)\n", (*engine)->version().c_str(), (*engine)->processor().c_str());
  std::printf("forward      %8.1f us   %8.1f us   %.1f times\n", 1e6 * own_forward, 1e6 * their_forward, their_forward / own_forward);
  std::printf("and gradient %8.1f us   %8.1f us   %.1f times\n", 1e6 * own_gradient, 1e6 * their_gradient, their_gradient / own_gradient);
  std::printf("scores differ by at most %.2g\n", apart);
  return done && apart < 1e-4 ? 0 : 1;
}
