// The engine's forward passes and vector-Jacobian products held against libtorch's, operator by operator and on small
// networks, in double precision. Neither was written with the other in view: where both agree, a common mistake would
// have to be in ONNX's own words or in the reading of them here.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <cstring>
#include <set>

#include "tensor/network.h"
#include "tensor/random.h"
#include "tensor/test_model.h"

namespace duolex::tensor {
namespace {

using namespace duolex::tensor::testing;
using Whole = std::vector<std::int64_t>;

// Relative to the largest magnitude of the array; sums are taken in other orders on each side.
constexpr double tolerance = 1e-12;

std::vector<double> noise(std::size_t n, std::uint64_t stream) {
  const Random random(19, stream);
  std::vector<double> v(n);
  for (std::size_t i = 0; i < n; ++i) v[i] = random.normal(i);
  return v;
}

// Numbers of single precision, which both sides widen.
Tensor weights(const Shape& shape, std::uint64_t stream) {
  std::vector<float> v;
  for (const double d : noise(*element_count(shape), stream)) v.push_back(static_cast<float>(d));
  return tensor_of(Type::f32, shape, v);
}
Tensor positive(const Shape& shape, std::uint64_t stream) {
  Tensor t = weights(shape, stream);
  for (std::size_t i = 0; i < t.elements(); ++i) t.as<float>()[i] = 0.5F + std::fabs(t.as<float>()[i]);
  return t;
}
Tensor whole(const Whole& v) { return tensor_of(Type::i64, {static_cast<std::int64_t>(v.size())}, v); }
Tensor numbers(const std::vector<float>& v) { return tensor_of(Type::f32, {static_cast<std::int64_t>(v.size())}, v); }

at::Tensor torch_of(const Tensor& t) {
  at::Tensor out = at::empty(t.shape, at::kDouble);
  for (std::size_t i = 0; i < t.elements(); ++i) out.data_ptr<double>()[i] = t.number(i);
  return out;
}
at::Tensor w_(const Shape& shape, std::uint64_t stream) { return torch_of(weights(shape, stream)); }

std::string text(const char* name, const char* value) { return attribute(name, std::string(value)); }
std::string ints(const char* name, const Whole& v) { return attribute(name, v); }
std::string integer(const char* name, std::int64_t v) { return attribute(name, v); }

// Which of libtorch's two functions of the name is meant.
at::Tensor convolved(const at::Tensor& x, const at::Tensor& w, const c10::optional<at::Tensor>& b, at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, std::int64_t groups = 1) {
  return at::conv2d(x, w, b, stride, padding, dilation, groups);
}

struct Case {
  std::string name, parts;
  Shape input;
  std::function<at::Tensor(const at::Tensor&)> torch;
  double shift = 0;  // of the input, for functions that are known on one side of 0
  int opset = 13;
};

std::set<std::string>& held() {
  static std::set<std::string> operators;
  return operators;
}

// One failure a comparison; says whether there was none.
bool alike(const std::vector<double>& own, const at::Tensor& theirs, const std::string& what) {
  const at::Tensor flat = theirs.contiguous();
  if (own.size() != static_cast<std::size_t>(flat.numel())) {
    ADD_FAILURE() << what << ": " << own.size() << " numbers here, " << flat.numel() << " there";
    return false;
  }
  double largest = 1;
  for (const double v : own) largest = std::max(largest, std::fabs(v));
  for (std::size_t i = 0; i < own.size(); ++i) {
    const double other = flat.data_ptr<double>()[i];
    if (std::fabs(own[i] - other) <= tolerance * largest) continue;  // NaN is like nothing
    ADD_FAILURE() << what << ", element " << i << ": " << own[i] << " here, " << other << " there, " << own[i] - other << " apart";
    return false;
  }
  return true;
}

void hold(const Case& c) {
  const auto model_read = read_onnx("m.onnx", model(c.parts, c.input, c.opset));
  ASSERT_TRUE(model_read) << c.name << ": " << render(model_read.error());
  const auto network = Network::compile(*model_read);
  ASSERT_TRUE(network) << c.name << ": " << render(network.error());
  for (const std::string& op : model_read->operators()) held().insert(op);
  Runner<double> runner(*network);
  const std::size_t in = network->inputs(), out = network->outputs(), samples = 3;
  std::vector<double> x = noise(samples * in, 1), y(samples * out), g(samples * in);
  for (double& v : x) v = c.shift != 0 ? c.shift + 0.4 * std::tanh(v) : v;
  const std::vector<double> direction = noise(samples * out, 2);
  runner.gradients(x.data(), samples, y.data(), 1, [&](std::size_t i, const double*, double* d) { std::copy_n(direction.begin() + static_cast<std::ptrdiff_t>(i * out), out, d); }, g.data());
  Shape one = c.input;
  one[0] = 1;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto part = [&](const std::vector<double>& of, std::size_t size) { return std::vector<double>(of.begin() + static_cast<std::ptrdiff_t>(i * size), of.begin() + static_cast<std::ptrdiff_t>((i + 1) * size)); };
    at::Tensor row = at::empty(one, at::kDouble);
    std::memcpy(row.data_ptr<double>(), x.data() + i * in, in * sizeof(double));
    row.set_requires_grad(true);
    const at::Tensor scores = c.torch(row);
    if (!alike(part(y, out), scores.detach(), c.name + ", forward, sample " + std::to_string(i))) return;
    at::Tensor d = at::empty(scores.sizes(), at::kDouble);
    std::memcpy(d.data_ptr<double>(), direction.data() + i * out, out * sizeof(double));
    const at::Tensor back = scores.requires_grad() ? torch::autograd::grad({scores}, {row}, {d}, false, false, true)[0] : at::Tensor();
    if (!alike(part(g, in), back.defined() ? back : at::zeros_like(row), c.name + ", gradient, sample " + std::to_string(i))) return;
  }
}

void hold_all(const std::vector<Case>& cases) {
  at::set_num_threads(1);
  for (const Case& c : cases) {
    try {
      hold(c);
    } catch (const std::exception& e) {
      ADD_FAILURE() << c.name << ": libtorch: " << std::string(e.what()).substr(0, 300);
    }
  }
}

TEST(Oracle, WeightedSums) {
  const std::string w = initializer("w", weights({4, 3, 3, 2}, 3)), b = initializer("b", weights({4}, 4));
  const auto kernel = [] { return w_({4, 3, 3, 2}, 3); };
  const auto bias = [] { return w_({4}, 4); };
  hold_all({
      {"conv", w + b + node("Conv", {"x", "w", "b"}, {"y"}, ints("pads", {1, 1, 1, 1}) + ints("strides", {2, 1})), {-1, 3, 6, 5}, [=](const at::Tensor& x) { return at::conv2d(x, kernel(), bias(), {2, 1}, {1, 1}); }},
      {"conv, uneven padding", w + node("Conv", {"x", "w"}, {"y"}, ints("pads", {2, 0, 1, 1})), {-1, 3, 6, 5}, [=](const at::Tensor& x) { return at::conv2d(at::constant_pad_nd(x, {0, 1, 2, 1}), kernel()); }},
      {"conv, same size", w + node("Conv", {"x", "w"}, {"y"}, text("auto_pad", "SAME_UPPER")), {-1, 3, 6, 5}, [=](const at::Tensor& x) { return at::conv2d(at::constant_pad_nd(x, {0, 1, 1, 1}), kernel()); }},
      {"conv, same size, strides, lower", w + node("Conv", {"x", "w"}, {"y"}, text("auto_pad", "SAME_LOWER") + ints("strides", {2, 2})), {-1, 3, 6, 5}, [=](const at::Tensor& x) { return at::conv2d(at::constant_pad_nd(x, {1, 0, 1, 0}), kernel(), {}, {2, 2}); }},
      {"conv, dilated", w + b + node("Conv", {"x", "w", "b"}, {"y"}, ints("dilations", {2, 3})), {-1, 3, 7, 6}, [=](const at::Tensor& x) { return convolved(x, kernel(), bias(), 1, 0, {2, 3}); }},
      {"conv, groups", initializer("w", weights({6, 2, 3, 3}, 3)) + node("Conv", {"x", "w"}, {"y"}, integer("group", 2)), {-1, 4, 5, 5}, [](const at::Tensor& x) { return convolved(x, w_({6, 2, 3, 3}, 3), {}, 1, 0, 1, 2); }},
      {"conv, each channel by itself", initializer("w", weights({4, 1, 3, 3}, 3)) + node("Conv", {"x", "w"}, {"y"}, integer("group", 4) + ints("pads", {1, 1, 1, 1})), {-1, 4, 5, 5}, [](const at::Tensor& x) { return convolved(x, w_({4, 1, 3, 3}, 3), {}, 1, 1, 1, 4); }},
      {"conv in one dimension", initializer("w", weights({4, 2, 3}, 3)) + node("Conv", {"x", "w"}, {"y"}, ints("strides", {2}) + ints("pads", {1, 1})), {-1, 2, 9}, [](const at::Tensor& x) { return at::conv1d(x, w_({4, 2, 3}, 3), {}, 2, 1); }},
      {"conv in three dimensions", initializer("w", weights({3, 2, 2, 3, 2}, 3)) + node("Conv", {"x", "w"}, {"y"}), {-1, 2, 4, 5, 3}, [](const at::Tensor& x) { return at::conv3d(x, w_({3, 2, 2, 3, 2}, 3)); }},
      {"transposed conv", initializer("w", weights({3, 2, 3, 3}, 3)) + initializer("b", weights({2}, 4)) + node("ConvTranspose", {"x", "w", "b"}, {"y"}, ints("strides", {2, 2}) + ints("pads", {1, 1, 1, 1}) + ints("output_padding", {1, 0})), {-1, 3, 4, 5},
       [](const at::Tensor& x) { return at::conv_transpose2d(x, w_({3, 2, 3, 3}, 3), w_({2}, 4), {2, 2}, {1, 1}, {1, 0}); }},
      {"transposed conv, groups, dilated", initializer("w", weights({4, 3, 2, 3}, 3)) + node("ConvTranspose", {"x", "w"}, {"y"}, ints("dilations", {2, 1}) + integer("group", 2)), {-1, 4, 4, 5},
       [](const at::Tensor& x) { return at::conv_transpose2d(x, w_({4, 3, 2, 3}, 3), {}, {1, 1}, {0, 0}, {0, 0}, 2, {2, 1}); }},
      {"gemm", initializer("w", weights({5, 7}, 3)) + initializer("b", weights({5}, 4)) + node("Gemm", {"x", "w", "b"}, {"y"}, integer("transB", 1) + attribute("alpha", 0.5F) + attribute("beta", 2.0F)), {-1, 7},
       [](const at::Tensor& x) { return at::addmm(w_({5}, 4), x, w_({5, 7}, 3).t(), 2, 0.5); }},
      {"matmul", initializer("w", weights({7, 5}, 3)) + node("MatMul", {"x", "w"}, {"y"}), {-1, 4, 7}, [](const at::Tensor& x) { return at::matmul(x, w_({7, 5}, 3)); }},
      {"matmul from the left", initializer("w", weights({5, 4}, 3)) + node("MatMul", {"w", "x"}, {"y"}), {-1, 2, 4, 7}, [](const at::Tensor& x) { return at::matmul(w_({5, 4}, 3), x); }},
      {"matmul, many", initializer("w", weights({3, 7, 5}, 3)) + node("MatMul", {"x", "w"}, {"y"}), {-1, 3, 4, 7}, [](const at::Tensor& x) { return at::matmul(x, w_({3, 7, 5}, 3)); }},
      {"matmul of the input with itself", node("Transpose", {"x"}, {"t"}, ints("perm", {0, 2, 1})) + node("MatMul", {"x", "t"}, {"y"}), {-1, 4, 3}, [](const at::Tensor& x) { return at::matmul(x, x.transpose(1, 2)); }},
  });
}

TEST(Oracle, PoolsAndStatistics) {
  const std::string stats = initializer("s", weights({3}, 3)) + initializer("b", weights({3}, 4)) + initializer("m", weights({3}, 5)) + initializer("v", positive({3}, 6));
  hold_all({
      {"max pool", node("MaxPool", {"x"}, {"y"}, ints("kernel_shape", {2, 3}) + ints("strides", {2, 1}) + ints("pads", {1, 1, 1, 1})), {-1, 2, 6, 7}, [](const at::Tensor& x) { return at::max_pool2d(x, {2, 3}, {2, 1}, {1, 1}); }},
      {"max pool, ceiling", node("MaxPool", {"x"}, {"y"}, ints("kernel_shape", {3, 3}) + ints("strides", {2, 2}) + integer("ceil_mode", 1)), {-1, 2, 6, 8}, [](const at::Tensor& x) { return at::max_pool2d(x, {3, 3}, {2, 2}, 0, 1, true); }},
      {"max pool, dilated", node("MaxPool", {"x"}, {"y"}, ints("kernel_shape", {2, 2}) + ints("dilations", {2, 3})), {-1, 2, 6, 7}, [](const at::Tensor& x) { return at::max_pool2d(x, {2, 2}, {1, 1}, 0, {2, 3}); }},
      {"max pool in one dimension", node("MaxPool", {"x"}, {"y"}, ints("kernel_shape", {3}) + ints("strides", {3})), {-1, 2, 10}, [](const at::Tensor& x) { return at::max_pool1d(x, 3, 3); }},
      {"max pool in three dimensions", node("MaxPool", {"x"}, {"y"}, ints("kernel_shape", {2, 2, 2})), {-1, 2, 3, 4, 3}, [](const at::Tensor& x) { return at::max_pool3d(x, 2, 1); }},
      {"average pool", node("AveragePool", {"x"}, {"y"}, ints("kernel_shape", {3, 3}) + ints("strides", {2, 2}) + ints("pads", {1, 1, 1, 1})), {-1, 2, 6, 7}, [](const at::Tensor& x) { return at::avg_pool2d(x, 3, 2, 1, false, false); }},
      {"average pool, padding counted", node("AveragePool", {"x"}, {"y"}, ints("kernel_shape", {3, 3}) + ints("strides", {2, 2}) + ints("pads", {1, 1, 1, 1}) + integer("count_include_pad", 1)), {-1, 2, 6, 7}, [](const at::Tensor& x) { return at::avg_pool2d(x, 3, 2, 1, false, true); }},
      {"average pool, ceiling", node("AveragePool", {"x"}, {"y"}, ints("kernel_shape", {3, 3}) + ints("strides", {2, 2}) + integer("ceil_mode", 1)), {-1, 2, 6, 8}, [](const at::Tensor& x) { return at::avg_pool2d(x, 3, 2, 0, true, false); }},
      {"average pool, ceiling, padding counted", node("AveragePool", {"x"}, {"y"}, ints("kernel_shape", {3, 3}) + ints("strides", {2, 2}) + ints("pads", {1, 1, 1, 1}) + integer("ceil_mode", 1) + integer("count_include_pad", 1)), {-1, 2, 6, 8},
       [](const at::Tensor& x) { return at::avg_pool2d(x, 3, 2, 1, true, true); }},
      {"global average", node("GlobalAveragePool", {"x"}, {"y"}), {-1, 2, 5, 6}, [](const at::Tensor& x) { return at::adaptive_avg_pool2d(x, {1, 1}); }},
      {"global maximum", node("GlobalMaxPool", {"x"}, {"y"}), {-1, 2, 5, 6}, [](const at::Tensor& x) { return at::amax(x, {2, 3}); }},
      {"batch statistics", stats + node("BatchNormalization", {"x", "s", "b", "m", "v"}, {"y"}, attribute("epsilon", 0.01F)), {-1, 3, 4, 2},
       [](const at::Tensor& x) { return at::batch_norm(x, w_({3}, 3), w_({3}, 4), w_({3}, 5), torch_of(positive({3}, 6)), false, 0.1, static_cast<double>(0.01F), false); }},
      {"mean over two dimensions", node("ReduceMean", {"x"}, {"y"}, ints("axes", {1, -1}) + integer("keepdims", 0)), {-1, 3, 4, 5}, [](const at::Tensor& x) { return at::mean(x, {1, 3}); }},
      {"sum", initializer("a", whole({2})) + node("ReduceSum", {"x", "a"}, {"y"}), {-1, 3, 4, 5}, [](const at::Tensor& x) { return at::sum(x, {2}, true); }},
      {"maximum over a dimension", node("ReduceMax", {"x"}, {"y"}, ints("axes", {2})), {-1, 3, 5}, [](const at::Tensor& x) { return at::amax(x, {2}, true); }},
      {"minimum over a dimension", node("ReduceMin", {"x"}, {"y"}, ints("axes", {1}) + integer("keepdims", 0)), {-1, 3, 5}, [](const at::Tensor& x) { return at::amin(x, {1}); }},
      {"norms", node("ReduceL1", {"x"}, {"a"}, ints("axes", {1})) + node("ReduceL2", {"x"}, {"b"}, ints("axes", {1})) + node("ReduceSumSquare", {"x"}, {"c"}, ints("axes", {1})) + node("Mul", {"a", "b"}, {"d"}) + node("Add", {"d", "c"}, {"y"}), {-1, 4, 5},
       [](const at::Tensor& x) { return x.abs().sum(1, true) * at::norm(x, 2, {1}, true) + (x * x).sum(1, true); }},
      {"layer statistics", initializer("s", weights({4, 5}, 3)) + initializer("b", weights({5}, 4)) + node("LayerNormalization", {"x", "s", "b"}, {"y"}, integer("axis", -2) + attribute("epsilon", 0.01F)), {-1, 3, 4, 5},
       [](const at::Tensor& x) { return at::layer_norm(x, {4, 5}, w_({4, 5}, 3), w_({1, 5}, 4).expand({4, 5}).contiguous(), static_cast<double>(0.01F), false); }, 0, 17},
      {"layer statistics of one dimension", initializer("s", weights({5}, 3)) + node("LayerNormalization", {"x", "s"}, {"y"}), {-1, 3, 5}, [](const at::Tensor& x) { return at::layer_norm(x, {5}, w_({5}, 3), {}, static_cast<double>(1e-5F), false); }, 0, 17},
      {"instance statistics", initializer("s", weights({3}, 3)) + initializer("b", weights({3}, 4)) + node("InstanceNormalization", {"x", "s", "b"}, {"y"}), {-1, 3, 4, 5},
       [](const at::Tensor& x) { return at::instance_norm(x, w_({3}, 3), w_({3}, 4), {}, {}, true, 0.1, static_cast<double>(1e-5F), false); }},
      {"local response", node("LRN", {"x"}, {"y"}, integer("size", 3) + attribute("alpha", 0.5F) + attribute("beta", 0.75F) + attribute("bias", 2.0F)), {-1, 6, 2, 3},
       [](const at::Tensor& x) { return x * at::pow(2 + 0.5 * at::avg_pool3d((x * x).unsqueeze(1), {3, 1, 1}, 1, {1, 0, 0}).squeeze(1), -0.75); }},
      {"softmax", node("Softmax", {"x"}, {"y"}, integer("axis", 1)), {-1, 5, 3}, [](const at::Tensor& x) { return at::softmax(x, 1); }},
      {"softmax of old", node("Softmax", {"x"}, {"y"}), {-1, 5, 3}, [](const at::Tensor& x) { return at::softmax(x.flatten(1), 1).view_as(x); }, 0, 11},
      {"logarithm of softmax", node("LogSoftmax", {"x"}, {"y"}), {-1, 5, 3}, [](const at::Tensor& x) { return at::log_softmax(x, -1); }},
  });
}

// Operators that become others, as transformers have them.
TEST(Oracle, Transformers) {
  const auto heads = [](const at::Tensor& x, std::int64_t n) { return x.reshape({1, x.size(1), n, x.size(2) / n}).transpose(1, 2); };
  const auto flat = [](const at::Tensor& x) { return x.transpose(1, 2).reshape({1, x.size(2), x.size(1) * x.size(3)}); };
  const auto half = [](std::int64_t places, std::uint64_t stream) { return w_({places, 2}, stream); };
  const std::string caches = initializer("c", weights({1, 5, 2}, 3)) + initializer("s", weights({1, 5, 2}, 4));
  const std::string self = initializer("wq", weights({8, 8}, 3)) + initializer("wk", weights({8, 4}, 4)) + initializer("wv", weights({8, 4}, 5)) + node("MatMul", {"x", "wq"}, {"q"}) + node("MatMul", {"x", "wk"}, {"k"}) + node("MatMul", {"x", "wv"}, {"v"});
  const auto attended = [=](const at::Tensor& x, std::int64_t q_heads, std::int64_t kv_heads, double scale, double cap, const at::Tensor& mask) {
    const at::Tensor q = heads(at::matmul(x, w_({8, 8}, 3)), q_heads);
    const auto repeated = [&](std::uint64_t stream) { return heads(at::matmul(x, w_({8, 4}, stream)), kv_heads).repeat_interleave(q_heads / kv_heads, 1); };
    at::Tensor scores = at::matmul(q, repeated(4).transpose(2, 3)) * scale;
    if (cap != 0) scores = at::tanh(scores / cap) * cap;
    if (mask.defined()) scores = scores + mask;
    return flat(at::matmul(at::softmax(scores, -1), repeated(5)));
  };
  // Four numbers a head: two heads for queries, one for keys and values of width 4.
  hold_all({
      {"attention, fewer heads of keys", self + node("Attention", {"q", "k", "v"}, {"y"}, integer("q_num_heads", 2) + integer("kv_num_heads", 1)), {-1, 5, 8}, [=](const at::Tensor& x) { return attended(x, 2, 1, 0.5, 0, {}); }, 0, 23},
      {"attention, causal", self + node("Attention", {"q", "k", "v"}, {"y"}, integer("q_num_heads", 2) + integer("kv_num_heads", 1) + integer("is_causal", 1) + attribute("scale", 0.25F)), {-1, 5, 8},
       [=](const at::Tensor& x) { return attended(x, 2, 1, 0.25, 0, at::triu(at::full({5, 5}, -INFINITY, at::kDouble), 1)); }, 0, 23},
      {"attention, a mask of numbers", self + initializer("m", weights({5, 5}, 9)) + node("Attention", {"q", "k", "v", "m"}, {"y"}, integer("q_num_heads", 2) + integer("kv_num_heads", 1)), {-1, 5, 8}, [=](const at::Tensor& x) { return attended(x, 2, 1, 0.5, 0, w_({5, 5}, 9)); }, 0, 23},
      {"attention, capped", self + node("Attention", {"q", "k", "v"}, {"y"}, integer("q_num_heads", 2) + integer("kv_num_heads", 1) + attribute("softcap", 2.0F)), {-1, 5, 8}, [=](const at::Tensor& x) { return attended(x, 2, 1, 0.5, 2, {}); }, 0, 23},
      {"rotary", caches + node("RotaryEmbedding", {"x", "c", "s"}, {"y"}, integer("num_heads", 2)), {-1, 5, 8},
       [=](const at::Tensor& x) {
         const at::Tensor h = heads(x, 2), a = h.slice(3, 0, 2), b = h.slice(3, 2, 4), c = half(5, 3), s = half(5, 4);
         return flat(at::cat({a * c - b * s, a * s + b * c}, 3));
       },
       0, 23},
      {"rotary, interleaved", caches + node("RotaryEmbedding", {"x", "c", "s"}, {"y"}, integer("interleaved", 1)), {-1, 2, 5, 4},
       [=](const at::Tensor& x) {
         const at::Tensor pairs = x.reshape({1, 2, 5, 2, 2}), a = pairs.select(4, 0), b = pairs.select(4, 1), c = half(5, 3), s = half(5, 4);
         return at::stack({a * c - b * s, a * s + b * c}, 4).reshape({1, 2, 5, 4});
       },
       0, 23},
      {"root mean square", initializer("s", weights({5}, 3)) + node("RMSNormalization", {"x", "s"}, {"y"}), {-1, 3, 5}, [](const at::Tensor& x) { return x / at::sqrt((x * x).mean(-1, true) + static_cast<double>(1e-5F)) * w_({5}, 3); }, 0, 23},
      {"group statistics", initializer("s", weights({6}, 3)) + initializer("b", weights({6}, 4)) + node("GroupNormalization", {"x", "s", "b"}, {"y"}, integer("num_groups", 3)), {-1, 6, 2, 4}, [](const at::Tensor& x) { return at::group_norm(x, 3, w_({6}, 3), w_({6}, 4), static_cast<double>(1e-5F), false); }, 0, 21},
      {"of norm one", node("LpNormalization", {"x"}, {"a"}, integer("axis", 1)) + node("LpNormalization", {"x"}, {"b"}, integer("p", 1)) + node("Sub", {"a", "b"}, {"y"}), {-1, 3, 5}, [](const at::Tensor& x) { return x / at::norm(x, 2, {1}, true) - x / x.abs().sum(-1, true); }},
      {"swish", node("Swish", {"x"}, {"y"}, attribute("alpha", 1.5F)), {-1, 17}, [](const at::Tensor& x) { return x * at::sigmoid(1.5 * x); }, 0, 24},
      {"gated", node("Neg", {"x"}, {"n"}) + node("SwiGLU", {"x", "n"}, {"y"}), {-1, 17}, [](const at::Tensor& x) { return at::silu(x) * -x; }, 0, 28},
      {"gelu by tanh", node("Gelu", {"x"}, {"y"}, text("approximate", "tanh")), {-1, 17}, [](const at::Tensor& x) { return 0.5 * x * (1 + at::tanh(static_cast<double>(static_cast<float>(std::sqrt(2 / std::acos(-1.0)))) * (x + static_cast<double>(0.044715F) * x * x * x))); }, 0, 20},
  });
}

TEST(Oracle, FunctionsOfANumber) {
  const auto plain = [](const char* op, at::Tensor (*torch)(const at::Tensor&), double shift = 0) { return Case{op, node(op, {"x"}, {"y"}), {-1, 17}, torch, shift}; };
  hold_all({
      plain("Relu", [](const at::Tensor& x) { return at::relu(x); }),
      plain("Elu", [](const at::Tensor& x) { return at::elu(x); }),
      plain("Selu", [](const at::Tensor& x) { return static_cast<double>(1.05070102214813232421875F) * at::elu(x, static_cast<double>(1.67326319217681884765625F)); }),
      plain("Celu", [](const at::Tensor& x) { return at::celu(x); }),
      plain("Softplus", [](const at::Tensor& x) { return at::softplus(x, 1, 500); }),
      plain("Softsign", [](const at::Tensor& x) { return x / (1 + at::abs(x)); }),
      plain("Sigmoid", [](const at::Tensor& x) { return at::sigmoid(x); }),
      plain("Tanh", [](const at::Tensor& x) { return at::tanh(x); }),
      plain("Abs", [](const at::Tensor& x) { return at::abs(x); }),
      plain("Exp", [](const at::Tensor& x) { return at::exp(x); }),
      plain("Erf", [](const at::Tensor& x) { return at::erf(x); }),
      plain("Sin", [](const at::Tensor& x) { return at::sin(x); }),
      plain("Cos", [](const at::Tensor& x) { return at::cos(x); }),
      plain("Neg", [](const at::Tensor& x) { return at::neg(x); }),
      plain("Log", [](const at::Tensor& x) { return at::log(x); }, 2),
      plain("Sqrt", [](const at::Tensor& x) { return at::sqrt(x); }, 2),
      plain("Reciprocal", [](const at::Tensor& x) { return at::reciprocal(x); }, 2),
      plain("Round", [](const at::Tensor& x) { return at::round(x); }),
      plain("Floor", [](const at::Tensor& x) { return at::floor(x); }),
      plain("Ceil", [](const at::Tensor& x) { return at::ceil(x); }),
      plain("Sign", [](const at::Tensor& x) { return at::sign(x); }),
      plain("HardSwish", [](const at::Tensor& x) { return at::hardswish(x); }),
      plain("Mish", [](const at::Tensor& x) { return at::mish(x); }),
      {"Gelu", node("Gelu", {"x"}, {"y"}), {-1, 17}, [](const at::Tensor& x) { return at::gelu(x); }, 0, 20},
      {"elu, alpha", node("Elu", {"x"}, {"y"}, attribute("alpha", 0.5F)), {-1, 17}, [](const at::Tensor& x) { return at::elu(x, 0.5); }},
      {"celu, alpha", node("Celu", {"x"}, {"y"}, attribute("alpha", 2.0F)), {-1, 17}, [](const at::Tensor& x) { return at::celu(x, 2); }},
      {"selu, own numbers", node("Selu", {"x"}, {"y"}, attribute("alpha", 2.0F) + attribute("gamma", 0.5F)), {-1, 17}, [](const at::Tensor& x) { return 0.5 * at::elu(x, 2); }},
      {"leaky", node("LeakyRelu", {"x"}, {"y"}, attribute("alpha", 0.25F)), {-1, 17}, [](const at::Tensor& x) { return at::leaky_relu(x, 0.25); }},
      {"hard sigmoid", node("HardSigmoid", {"x"}, {"y"}, attribute("alpha", 0.25F) + attribute("beta", 0.5F)), {-1, 17}, [](const at::Tensor& x) { return at::clamp(x * 0.25 + 0.5, 0, 1); }},
      {"thresholded", node("ThresholdedRelu", {"x"}, {"y"}, attribute("alpha", 0.5F)), {-1, 17}, [](const at::Tensor& x) { return at::threshold(x, 0.5, 0); }},
      {"clip", initializer("l", numbers({-0.5F})) + initializer("h", numbers({0.75F})) + node("Clip", {"x", "l", "h"}, {"y"}), {-1, 17}, [](const at::Tensor& x) { return at::clamp(x, -0.5, 0.75); }},
      {"prelu", initializer("s", weights({3, 1}, 3)) + node("PRelu", {"x", "s"}, {"y"}), {-1, 3, 5}, [](const at::Tensor& x) { return at::prelu(x, w_({3}, 3)); }},
      {"square", initializer("e", numbers({2})) + node("Pow", {"x", "e"}, {"y"}), {-1, 17}, [](const at::Tensor& x) { return at::pow(x, 2); }},
      {"third power", initializer("e", numbers({3})) + node("Pow", {"x", "e"}, {"y"}), {-1, 17}, [](const at::Tensor& x) { return at::pow(x, 3); }},
      {"odd power", initializer("e", numbers({-1.5F})) + node("Pow", {"x", "e"}, {"y"}), {-1, 17}, [](const at::Tensor& x) { return at::pow(x, -1.5); }, 2},
      {"nothing at all", node("Identity", {"x"}, {"a"}) + node("Cast", {"a"}, {"b"}, integer("to", 1)) + node("Dropout", {"b"}, {"c"}) + node("Relu", {"c"}, {"y"}), {-1, 17}, [](const at::Tensor& x) { return at::relu(x); }},
  });
}

TEST(Oracle, ArithmeticAndBroadcasting) {
  const std::string c = initializer("c", weights({3, 1}, 3));
  const auto constant = [] { return w_({3, 1}, 3); };
  hold_all({
      {"constants on the right", c + node("Add", {"x", "c"}, {"a"}) + node("Sub", {"a", "c"}, {"b"}) + node("Mul", {"b", "c"}, {"d"}) + node("Div", {"d", "c"}, {"y"}), {-1, 3, 4}, [=](const at::Tensor& x) { return (x + constant() - constant()) * constant() / constant(); }},
      {"constants on the left", c + node("Sub", {"c", "x"}, {"a"}) + node("Div", {"c", "a"}, {"y"}), {-1, 3, 4}, [=](const at::Tensor& x) { return constant() / (constant() - x); }},
      {"a constant that is wider", initializer("c", weights({2, 3, 4}, 3)) + node("Mul", {"x", "c"}, {"y"}), {-1, 1, 4}, [](const at::Tensor& x) { return x * w_({2, 3, 4}, 3); }},
      {"values with values", node("Exp", {"x"}, {"e"}) + node("Add", {"e", "x"}, {"a"}) + node("Mul", {"a", "x"}, {"m"}) + node("Div", {"m", "e"}, {"d"}) + node("Sub", {"d", "x"}, {"y"}), {-1, 3, 4}, [](const at::Tensor& x) { return (at::exp(x) + x) * x / at::exp(x) - x; }},
      {"a value with its own mean", node("ReduceMean", {"x"}, {"m"}, ints("axes", {1})) + node("Mul", {"x", "m"}, {"y"}), {-1, 3, 4}, [](const at::Tensor& x) { return x * x.mean(1, true); }},
      {"extremes and mean of three", c + node("Neg", {"x"}, {"n"}) + node("Max", {"x", "c", "n"}, {"a"}) + node("Min", {"x", "c", "n"}, {"b"}) + node("Mean", {"a", "b", "c"}, {"m"}) + node("Mul", {"a", "m"}, {"d"}) + node("Sub", {"d", "b"}, {"y"}), {-1, 3, 4},
       [=](const at::Tensor& x) {
         const at::Tensor wide = constant().expand({3, 4}), a = at::maximum(at::maximum(x, wide), -x), b = at::minimum(at::minimum(x, wide), -x);
         return a * ((a + b + wide) / 3) - b;
       }},
      {"a choice that is known", c + initializer("k", tensor_of(Type::boolean, {4}, std::vector<std::uint8_t>{1, 0, 1, 1})) + node("Where", {"k", "x", "c"}, {"y"}), {-1, 3, 4}, [=](const at::Tensor& x) { return at::where(at::tensor({1, 0, 1, 1}, at::kLong).to(at::kBool), x, constant()); }},
      {"sum of two", node("Tanh", {"x"}, {"t"}) + node("Sum", {"x", "t"}, {"y"}), {-1, 3, 4}, [](const at::Tensor& x) { return x + at::tanh(x); }},
  });
}

TEST(Oracle, Rearrangements) {
  hold_all({
      {"transpose", node("Transpose", {"x"}, {"y"}, ints("perm", {0, 3, 1, 2})), {-1, 2, 3, 4}, [](const at::Tensor& x) { return x.permute({0, 3, 1, 2}); }},
      {"reshape and flatten", initializer("s", whole({0, 4, -1})) + node("Reshape", {"x", "s"}, {"a"}) + node("Transpose", {"a"}, {"b"}, ints("perm", {0, 2, 1})) + node("Flatten", {"b"}, {"y"}), {-1, 2, 3, 4}, [](const at::Tensor& x) { return x.reshape({1, 4, 6}).transpose(1, 2).flatten(1); }},
      {"squeeze and unsqueeze", initializer("a", whole({1})) + initializer("b", whole({3})) + node("Squeeze", {"x", "a"}, {"s"}) + node("Unsqueeze", {"s", "b"}, {"u"}) + node("Tanh", {"u"}, {"y"}), {-1, 1, 3, 4}, [](const at::Tensor& x) { return at::tanh(x.squeeze(1).unsqueeze(3)); }},
      {"concat", node("Neg", {"x"}, {"n"}) + node("Concat", {"x", "n"}, {"y"}, integer("axis", 2)), {-1, 3, 4}, [](const at::Tensor& x) { return at::cat({x, -x}, 2); }},
      {"split", initializer("s", whole({1, 3})) + node("Split", {"x", "s"}, {"a", "b"}, integer("axis", 2)) + node("Mul", {"a", "b"}, {"y"}), {-1, 3, 4}, [](const at::Tensor& x) { return x.slice(2, 0, 1) * x.slice(2, 1, 4); }},
      {"slice", initializer("b", whole({1, -1})) + initializer("e", whole({3, -9})) + initializer("a", whole({1, 2})) + initializer("s", whole({1, -2})) + node("Slice", {"x", "b", "e", "a", "s"}, {"y"}), {-1, 4, 7}, [](const at::Tensor& x) { return x.slice(1, 1, 3).flip(2).slice(2, 0, 7, 2); }},
      {"gather", initializer("i", whole({2, 0, -1, 2})) + node("Gather", {"x", "i"}, {"y"}, integer("axis", 1)), {-1, 4, 3}, [](const at::Tensor& x) { return x.index_select(1, at::tensor({2, 0, 3, 2}, at::kLong)); }},
      {"gather by elements", initializer("i", tensor_of(Type::i64, {1, 2, 3}, Whole{0, 2, 1, 3, 3, 0})) + node("GatherElements", {"x", "i"}, {"y"}, integer("axis", 1)), {-1, 4, 3}, [](const at::Tensor& x) { return x.gather(1, at::tensor({0, 2, 1, 3, 3, 0}, at::kLong).reshape({1, 2, 3})); }},
      {"gather by places", initializer("i", tensor_of(Type::i64, {1, 2, 2}, Whole{0, 3, 2, 1})) + node("GatherND", {"x", "i"}, {"y"}, integer("batch_dims", 1)), {-1, 4, 5}, [](const at::Tensor& x) { return at::stack({x.select(1, 0).select(1, 3), x.select(1, 2).select(1, 1)}, 1); }},
      {"compress", initializer("c", tensor_of(Type::boolean, {4}, std::vector<std::uint8_t>{1, 0, 1, 1})) + node("Compress", {"x", "c"}, {"y"}, integer("axis", 1)), {-1, 4, 3}, [](const at::Tensor& x) { return x.index_select(1, at::tensor({0, 2, 3}, at::kLong)); }},
      {"expand", initializer("s", whole({1, 3, 4})) + node("Expand", {"x", "s"}, {"y"}), {-1, 1, 4}, [](const at::Tensor& x) { return x.expand({1, 3, 4}); }},
      {"tile", initializer("r", whole({1, 2, 3})) + node("Tile", {"x", "r"}, {"y"}), {-1, 2, 2}, [](const at::Tensor& x) { return x.repeat({1, 2, 3}); }},
      {"lower triangle", initializer("k", tensor_of(Type::i64, {}, Whole{-1})) + node("Trilu", {"x", "k"}, {"y"}, integer("upper", 0)), {-1, 4, 4}, [](const at::Tensor& x) { return at::tril(x, -1); }, 0, 14},
      {"upper triangle", node("Trilu", {"x"}, {"y"}), {-1, 4, 5}, [](const at::Tensor& x) { return at::triu(x); }, 0, 14},
      {"backwards", initializer("n", whole({3})) + node("ReverseSequence", {"x", "n"}, {"y"}, integer("time_axis", 1) + integer("batch_axis", 0)), {-1, 5, 2}, [](const at::Tensor& x) { return at::cat({x.slice(1, 0, 3).flip(1), x.slice(1, 3, 5)}, 1); }},
      {"depth to space, columns first", node("DepthToSpace", {"x"}, {"y"}, integer("blocksize", 2) + text("mode", "CRD")), {-1, 8, 2, 3}, [](const at::Tensor& x) { return at::pixel_shuffle(x, 2); }},
      {"depth to space", node("DepthToSpace", {"x"}, {"y"}, integer("blocksize", 2)), {-1, 8, 2, 3}, [](const at::Tensor& x) { return x.reshape({1, 2, 2, 2, 2, 3}).permute({0, 3, 4, 1, 5, 2}).reshape({1, 2, 4, 6}); }},
      {"space to depth", node("SpaceToDepth", {"x"}, {"y"}, integer("blocksize", 2)), {-1, 2, 4, 6}, [](const at::Tensor& x) { return x.reshape({1, 2, 2, 2, 3, 2}).permute({0, 3, 5, 1, 2, 4}).reshape({1, 8, 2, 3}); }},
      {"padded with a number", initializer("p", whole({0, 0, 1, 2, 0, 1, 0, 3})) + initializer("v", tensor_of(Type::f32, {}, std::vector<float>{0.5F})) + node("Pad", {"x", "p", "v"}, {"y"}), {-1, 2, 4, 5}, [](const at::Tensor& x) { return at::constant_pad_nd(x, {2, 3, 1, 0, 0, 1}, 0.5); }},
      {"padded by reflection", initializer("p", whole({0, 0, 1, 2, 0, 0, 2, 3})) + node("Pad", {"x", "p"}, {"y"}, text("mode", "reflect")), {-1, 2, 4, 5}, [](const at::Tensor& x) { return at::reflection_pad2d(x, {2, 3, 1, 2}); }},
      {"padded by the edge", initializer("p", whole({0, 0, 1, 2, 0, 0, 2, 3})) + node("Pad", {"x", "p"}, {"y"}, text("mode", "edge")), {-1, 2, 4, 5}, [](const at::Tensor& x) { return at::replication_pad2d(x, {2, 3, 1, 2}); }},
      {"cut by padding", initializer("p", whole({0, 0, -1, 0, 0, 0, 0, -2})) + node("Pad", {"x", "p"}, {"y"}), {-1, 2, 4, 5}, [](const at::Tensor& x) { return at::constant_pad_nd(x, {0, -2, -1, 0}); }},
      {"shapes as numbers", node("Shape", {"x"}, {"s"}) + node("Size", {"x"}, {"n"}) + node("Cast", {"n"}, {"f"}, integer("to", 1)) + node("Reshape", {"x", "s"}, {"r"}) + node("Div", {"r", "f"}, {"y"}), {-1, 3, 4}, [](const at::Tensor& x) { return x / 12; }},
  });
}

TEST(Oracle, Resizing) {
  const auto by = [](const char* mode, const std::vector<float>& scales, const std::string& more = "") { return initializer("f", numbers(scales)) + node("Resize", {"x", "", "f"}, {"y"}, text("mode", mode) + more); };
  const auto to = [](const char* mode, const Whole& sizes, const std::string& more = "") { return initializer("f", whole(sizes)) + node("Resize", {"x", "", "", "f"}, {"y"}, text("mode", mode) + more); };
  const std::string corners = text("coordinate_transformation_mode", "align_corners"), plain = text("coordinate_transformation_mode", "asymmetric") + text("nearest_mode", "floor");
  hold_all({
      {"neighbours, as of old", by("nearest", {1, 1, 2, 3}, plain), {-1, 2, 3, 4}, [](const at::Tensor& x) { return at::upsample_nearest2d(x, {6, 12}); }},
      {"neighbours, half", by("nearest", {1, 1, 0.5F, 0.5F}, plain), {-1, 2, 6, 8}, [](const at::Tensor& x) { return at::upsample_nearest2d(x, {3, 4}); }},
      {"neighbours, exactly", by("nearest", {1, 1, 2, 3}), {-1, 2, 3, 4}, [](const at::Tensor& x) { return at::_upsample_nearest_exact2d(x, {6, 12}); }},
      {"linear", by("linear", {1, 1, 2, 1.5F}), {-1, 2, 4, 6}, [](const at::Tensor& x) { return at::upsample_bilinear2d(x, {8, 9}, false, 2.0, 1.5); }},
      {"linear, to a size", to("linear", {1, 2, 7, 5}), {-1, 2, 4, 6}, [](const at::Tensor& x) { return at::upsample_bilinear2d(x, {7, 5}, false); }},
      {"linear, corners aligned", to("linear", {1, 2, 7, 9}, corners), {-1, 2, 4, 6}, [](const at::Tensor& x) { return at::upsample_bilinear2d(x, {7, 9}, true); }},
      {"linear in one dimension", by("linear", {1, 1, 2.5F}), {-1, 2, 4}, [](const at::Tensor& x) { return at::upsample_linear1d(x, at::IntArrayRef{10}, false, 2.5); }},
      {"linear in three dimensions", by("linear", {1, 1, 2, 2, 2}), {-1, 1, 2, 3, 2}, [](const at::Tensor& x) { return at::upsample_trilinear3d(x, {4, 6, 4}, false); }},
      {"cubic", by("cubic", {1, 1, 2, 2}), {-1, 2, 4, 5}, [](const at::Tensor& x) { return at::upsample_bicubic2d(x, {8, 10}, false); }},
      {"cubic, smaller", to("cubic", {1, 2, 3, 4}), {-1, 2, 5, 7}, [](const at::Tensor& x) { return at::upsample_bicubic2d(x, {3, 4}, false); }},
      {"cubic, corners aligned", to("cubic", {1, 2, 7, 9}, corners), {-1, 2, 4, 6}, [](const at::Tensor& x) { return at::upsample_bicubic2d(x, {7, 9}, true); }},
      {"linear, antialiased", to("linear", {1, 2, 3, 4}, integer("antialias", 1) + integer("exclude_outside", 1)), {-1, 2, 7, 9}, [](const at::Tensor& x) { return at::_upsample_bilinear2d_aa(x, {3, 4}, false); }, 0, 18},
      {"cubic, antialiased", to("cubic", {1, 2, 3, 4}, integer("antialias", 1) + integer("exclude_outside", 1) + attribute("cubic_coeff_a", -0.5F)), {-1, 2, 7, 9}, [](const at::Tensor& x) { return at::_upsample_bicubic2d_aa(x, {3, 4}, false); }, 0, 18},
      {"upsample", initializer("f", numbers({1, 1, 2, 2})) + node("Upsample", {"x", "f"}, {"y"}, text("mode", "nearest")), {-1, 2, 3, 4}, [](const at::Tensor& x) { return at::upsample_nearest2d(x, {6, 8}); }, 0, 9},
  });
}

// Rows of gates in the order of ONNX, put into libtorch's.
at::Tensor gates(const at::Tensor& t, const std::vector<std::int64_t>& order, std::int64_t hidden) {
  std::vector<at::Tensor> parts;
  for (const std::int64_t g : order) parts.push_back(t.slice(0, g * hidden, (g + 1) * hidden));
  return at::cat(parts, 0);
}

struct Recurrent {
  std::string op;
  std::int64_t gates = 1;
  std::vector<std::int64_t> order{};  // libtorch's gates in ONNX's numbers
  bool both = false;
};
constexpr std::int64_t hidden = 4, features = 3, steps = 5;

std::string recurrent_parts(const Recurrent& r, const std::string& more, const char* output) {
  const std::int64_t d = r.both ? 2 : 1;
  std::vector<std::string> inputs = {"t", "w", "r", "b", "", "h"};
  if (r.op == "LSTM") inputs.push_back("c");
  return initializer("w", weights({d, r.gates * hidden, features}, 3)) + initializer("r", weights({d, r.gates * hidden, hidden}, 4)) + initializer("b", weights({d, 2 * r.gates * hidden}, 5)) + initializer("h", weights({d, 1, hidden}, 6)) +
         initializer("c", weights({d, 1, hidden}, 7)) + node("Transpose", {"x"}, {"t"}, ints("perm", {1, 0, 2})) +
         node(r.op, inputs, r.op == "LSTM" ? std::vector<std::string>{"all", "last", "cell"} : std::vector<std::string>{"all", "last"}, integer("hidden_size", hidden) + (r.both ? text("direction", "bidirectional") : "") + more) +
         node("Flatten", {output}, {"y"}, integer("axis", 0));
}
std::vector<at::Tensor> parameters(const Recurrent& r) {
  std::vector<at::Tensor> out;
  for (std::int64_t d = 0; d < (r.both ? 2 : 1); ++d) {
    const std::int64_t n = r.gates * hidden, both = r.both ? 2 : 1;
    const at::Tensor b = w_({both, 2 * n}, 5).select(0, d);
    for (const at::Tensor& t : {w_({both, n, features}, 3).select(0, d), w_({both, n, hidden}, 4).select(0, d), b.slice(0, 0, n), b.slice(0, n, 2 * n)}) out.push_back(gates(t, r.order, hidden));
  }
  return out;
}

TEST(Oracle, RecurrentLayers) {
  const Recurrent lstm{"LSTM", 4, {0, 2, 3, 1}}, lstm_both{"LSTM", 4, {0, 2, 3, 1}, true}, gru{"GRU", 3, {1, 0, 2}}, gru_both{"GRU", 3, {1, 0, 2}, true}, rnn{"RNN", 1, {0}}, rnn_both{"RNN", 1, {0}, true};
  const auto state = [](const Recurrent& r, std::uint64_t stream) { return w_({r.both ? 2 : 1, 1, hidden}, stream); };
  // ONNX keeps directions apart: [steps, directions, 1, hidden]; libtorch lays them side by side.
  const auto apart = [](const at::Tensor& all, const Recurrent& r) { return all.reshape({steps, 1, r.both ? 2 : 1, hidden}).permute({0, 2, 1, 3}).flatten(); };
  std::vector<Case> cases;
  for (const Recurrent& r : {lstm, lstm_both}) {
    const auto run = [=](const at::Tensor& x) { return at::lstm(x.transpose(0, 1), {state(r, 6), state(r, 7)}, parameters(r), true, 1, 0, false, r.both, false); };
    const std::string way = r.both ? ", both ways" : "";
    cases.push_back({"lstm" + way, recurrent_parts(r, "", "all"), {-1, steps, features}, [=](const at::Tensor& x) { return apart(std::get<0>(run(x)), r); }});
    cases.push_back({"lstm, last" + way, recurrent_parts(r, "", "last"), {-1, steps, features}, [=](const at::Tensor& x) { return std::get<1>(run(x)).flatten(); }});
    cases.push_back({"lstm, cell" + way, recurrent_parts(r, "", "cell"), {-1, steps, features}, [=](const at::Tensor& x) { return std::get<2>(run(x)).flatten(); }});
  }
  for (const Recurrent& r : {gru, gru_both}) {
    const auto run = [=](const at::Tensor& x) { return at::gru(x.transpose(0, 1), state(r, 6), parameters(r), true, 1, 0, false, r.both, false); };
    cases.push_back({r.both ? "gru, both ways" : "gru", recurrent_parts(r, integer("linear_before_reset", 1), "all"), {-1, steps, features}, [=](const at::Tensor& x) { return apart(std::get<0>(run(x)), r); }});
  }
  for (const Recurrent& r : {rnn, rnn_both}) {
    const auto run = [=](const at::Tensor& x) { return at::rnn_tanh(x.transpose(0, 1), state(r, 6), parameters(r), true, 1, 0, false, r.both, false); };
    cases.push_back({r.both ? "rnn, both ways" : "rnn", recurrent_parts(r, "", "last"), {-1, steps, features}, [=](const at::Tensor& x) { return std::get<1>(run(x)).flatten(); }});
  }
  // The reset before the product, which libtorch has no layer for: step by step as ONNX's text has it.
  cases.push_back({"gru, reset first, backwards", recurrent_parts(gru, text("direction", "reverse"), "last"), {-1, steps, features}, [=](const at::Tensor& x) {
                     const at::Tensor w = w_({3 * hidden, features}, 3), r = w_({3 * hidden, hidden}, 4), b = w_({6 * hidden}, 5);
                     const auto rows = [](const at::Tensor& t, std::int64_t g) { return t.slice(0, g * hidden, (g + 1) * hidden); };
                     at::Tensor h = w_({1, hidden}, 6);
                     for (std::int64_t t = steps; t-- > 0;) {
                       const at::Tensor now = x.select(1, t);
                       const auto gate = [&](std::int64_t g, const at::Tensor& from) { return at::matmul(now, rows(w, g).t()) + at::matmul(from, rows(r, g).t()) + rows(b, g) + rows(b, 3 + g); };
                       const at::Tensor z = at::sigmoid(gate(0, h)), reset = at::sigmoid(gate(1, h)), fresh = at::tanh(gate(2, reset * h));
                       h = (1 - z) * fresh + z * h;
                     }
                     return h.flatten();
                   }});
  hold_all(cases);
}

TEST(Oracle, SmallNetworks) {
  // Convolutions with statistics, a shortcut and pools; two layers behind.
  const std::string pictures = initializer("w1", weights({6, 1, 3, 3}, 3)) + initializer("b1", weights({6}, 4)) + initializer("s", positive({6}, 5)) + initializer("o", weights({6}, 6)) + initializer("m", weights({6}, 7)) + initializer("v", positive({6}, 8)) +
                               initializer("w2", weights({6, 6, 3, 3}, 9)) + initializer("f", weights({54, 10}, 10)) + initializer("g", weights({10, 4}, 11)) + initializer("h", weights({4}, 12)) +
                               node("Conv", {"x", "w1", "b1"}, {"a"}, ints("pads", {1, 1, 1, 1})) + node("BatchNormalization", {"a", "s", "o", "m", "v"}, {"b"}) + node("Relu", {"b"}, {"c"}) + node("MaxPool", {"c"}, {"d"}, ints("kernel_shape", {2, 2}) + ints("strides", {2, 2})) +
                               node("Conv", {"d", "w2"}, {"e"}, ints("pads", {1, 1, 1, 1})) + node("Add", {"d", "e"}, {"i"}) + node("Relu", {"i"}, {"j"}) + node("AveragePool", {"j"}, {"k"}, ints("kernel_shape", {2, 2}) + ints("strides", {2, 2})) + node("Flatten", {"k"}, {"l"}) +
                               node("MatMul", {"l", "f"}, {"n"}) + node("Relu", {"n"}, {"q"}) + node("Gemm", {"q", "g", "h"}, {"y"});
  // Attention with two heads, its layer statistics spelt out, and what stands behind it.
  const std::string attention = initializer("q", weights({8, 8}, 3)) + initializer("k", weights({8, 8}, 4)) + initializer("u", weights({8, 8}, 5)) + initializer("o", weights({8, 8}, 6)) + initializer("heads", whole({0, 5, 2, 4})) + initializer("flat", whole({0, 5, 8})) +
                                initializer("root", numbers({2})) + initializer("two", numbers({2})) + initializer("eps", numbers({1e-5F})) + initializer("scale", weights({8}, 7)) + initializer("shift", weights({8}, 8)) + initializer("up", weights({8, 16}, 9)) +
                                initializer("down", weights({16, 8}, 10)) + initializer("c", numbers({1.5F})) + initializer("one", numbers({1})) + initializer("half", numbers({0.5F})) +
                                node("MatMul", {"x", "q"}, {"q0"}) + node("Reshape", {"q0", "heads"}, {"q1"}) + node("Transpose", {"q1"}, {"q2"}, ints("perm", {0, 2, 1, 3})) + node("MatMul", {"x", "k"}, {"k0"}) + node("Reshape", {"k0", "heads"}, {"k1"}) +
                                node("Transpose", {"k1"}, {"k2"}, ints("perm", {0, 2, 3, 1})) + node("MatMul", {"x", "u"}, {"v0"}) + node("Reshape", {"v0", "heads"}, {"v1"}) + node("Transpose", {"v1"}, {"v2"}, ints("perm", {0, 2, 1, 3})) + node("MatMul", {"q2", "k2"}, {"a0"}) +
                                node("Div", {"a0", "root"}, {"a1"}) + node("Softmax", {"a1"}, {"a2"}) + node("MatMul", {"a2", "v2"}, {"a3"}) + node("Transpose", {"a3"}, {"a4"}, ints("perm", {0, 2, 1, 3})) + node("Reshape", {"a4", "flat"}, {"a5"}) +
                                node("MatMul", {"a5", "o"}, {"a6"}) + node("Add", {"x", "a6"}, {"r"}) + node("ReduceMean", {"r"}, {"m"}, ints("axes", {-1})) + node("Sub", {"r", "m"}, {"d"}) + node("Pow", {"d", "two"}, {"d2"}) + node("ReduceMean", {"d2"}, {"v"}, ints("axes", {-1})) +
                                node("Add", {"v", "eps"}, {"ve"}) + node("Sqrt", {"ve"}, {"sd"}) + node("Div", {"d", "sd"}, {"n"}) + node("Mul", {"n", "scale"}, {"ns"}) + node("Add", {"ns", "shift"}, {"l"}) + node("MatMul", {"l", "up"}, {"h0"}) + node("Div", {"h0", "c"}, {"h1"}) +
                                node("Erf", {"h1"}, {"h2"}) + node("Add", {"h2", "one"}, {"h3"}) + node("Mul", {"h0", "h3"}, {"h4"}) + node("Mul", {"h4", "half"}, {"h5"}) + node("MatMul", {"h5", "down"}, {"h6"}) + node("Add", {"l", "h6"}, {"y"});
  // Frames by convolution, then memory, then a decision.
  const std::string sound = initializer("k", weights({3, 1, 4}, 8)) + node("Conv", {"x", "k"}, {"f"}, ints("strides", {4})) + node("Transpose", {"f"}, {"t"}, ints("perm", {2, 0, 1})) + initializer("w", weights({1, 16, 3}, 3)) + initializer("r", weights({1, 16, 4}, 4)) +
                            initializer("b", weights({1, 32}, 5)) + node("LSTM", {"t", "w", "r", "b"}, {"", "last"}, integer("hidden_size", 4)) + initializer("a", whole({0})) + node("Squeeze", {"last", "a"}, {"s"}) + initializer("g", weights({4, 2}, 6)) + node("Gemm", {"s", "g"}, {"z"}) + node("Sigmoid", {"z"}, {"y"});
  const Recurrent lstm{"LSTM", 4, {0, 2, 3, 1}};
  hold_all({
      {"pictures", pictures, {-1, 1, 12, 12}, [](const at::Tensor& x) {
         const at::Tensor a = at::batch_norm(at::conv2d(x, w_({6, 1, 3, 3}, 3), w_({6}, 4), 1, 1), torch_of(positive({6}, 5)), w_({6}, 6), w_({6}, 7), torch_of(positive({6}, 8)), false, 0.1, static_cast<double>(1e-5F), false);
         const at::Tensor d = at::max_pool2d(at::relu(a), 2, 2);
         const at::Tensor k = at::avg_pool2d(at::relu(d + at::conv2d(d, w_({6, 6, 3, 3}, 9), {}, 1, 1)), 2, 2);
         return at::addmm(w_({4}, 12), at::relu(at::matmul(k.flatten(1), w_({54, 10}, 10))), w_({10, 4}, 11));
       }},
      {"attention", attention, {-1, 5, 8}, [](const at::Tensor& x) {
         const auto split = [&](std::uint64_t stream) { return at::matmul(x, w_({8, 8}, stream)).reshape({1, 5, 2, 4}).transpose(1, 2); };
         const at::Tensor a = at::matmul(at::softmax(at::matmul(split(3), split(4).transpose(2, 3)) / 2, -1), split(5)).transpose(1, 2).reshape({1, 5, 8});
         const at::Tensor l = at::layer_norm(x + at::matmul(a, w_({8, 8}, 6)), {8}, w_({8}, 7), w_({8}, 8), static_cast<double>(1e-5F), false);
         const at::Tensor h = at::matmul(l, w_({8, 16}, 9));
         return l + at::matmul(h * (at::erf(h / 1.5) + 1) * 0.5, w_({16, 8}, 10));
       }},
      {"sound", sound, {-1, 1, 24}, [=](const at::Tensor& x) {
         const at::Tensor t = at::conv1d(x, w_({3, 1, 4}, 8), {}, 4).permute({2, 0, 1}), none = at::zeros({1, 1, hidden}, at::kDouble);
         const at::Tensor last = std::get<1>(at::lstm(t, {none, none}, parameters(lstm), true, 1, 0, false, false, false)).squeeze(0);
         return at::sigmoid(at::matmul(last, w_({4, 2}, 6)));
       }},
  });
}

// Runs last: every operator that has gradients was held above.
TEST(OracleCoverage, IsOfEveryOperatorWithGradients) {
  if (held().empty()) GTEST_SKIP() << "run together with the tests above";
  for (const std::string& op : differentiable_operators()) EXPECT_TRUE(held().contains(op)) << op << " is not held against libtorch";
}

}  // namespace
}  // namespace duolex::tensor
