// A model made ready for many passes: forward and gradients, many samples at a time.
//
// Promise. A result is a function of the model, the sample and T alone: batch size, the place in the batch, threads
// and the processor's instruction set do not change a bit of it (x86-64). Numbers are those of IEEE arithmetic in T
// with fused multiply-add in weighted sums; other runtimes sum in other orders, so expect differences of some units
// in the last place of the largest summand.
//
// Shapes. Samples are rows of `inputs()` numbers in the model's own layout (such as channel, row, column), results
// rows of `outputs()` numbers. Values are in the units the model takes; no scaling is done here.
//
// Errors. compile() names what is missing: "not tested: operator NonMaxSuppression". Nothing fails afterwards.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "tensor/kernels.h"
#include "tensor/onnx.h"
#include "tensor/program.h"

namespace duolex::tensor {

struct NetworkOptions {
  std::optional<Shape> input_shape;  // without the batch, for a model that leaves it open
  std::map<std::string, Tensor> fixed;  // inputs that are held at one value
  std::string output;                // a value of the graph to end at; empty: the model's only output
  std::size_t frame_limit = std::size_t{1} << 26;    // numbers of all values of one sample
  std::size_t weight_limit = std::size_t{1} << 28;   // folded constants and index tables
};

class Network {
 public:
  // Needs a model with one input that is not fixed. Its first dimension is the batch and may be fixed to 1 or open.
  [[nodiscard]] static Result<Network> compile(const Model& model, const NetworkOptions& options = {});

  [[nodiscard]] const Shape& input_shape() const { return program_->input_shape; }    // [1, …]
  [[nodiscard]] const Shape& output_shape() const { return program_->output_shape; }
  [[nodiscard]] std::size_t inputs() const { return program_->values.front().features; }
  [[nodiscard]] std::size_t outputs() const { return program_->values[program_->output].features; }
  // Operators that take part, sorted; and those whose gradient is zero wherever it exists (Round, Sign, …): an
  // attack by gradients says nothing about a model that has them.
  [[nodiscard]] const std::vector<std::string>& operators() const { return program_->operators; }
  [[nodiscard]] const std::vector<std::string>& flat_operators() const { return program_->flat_operators; }
  [[nodiscard]] const Program& program() const { return *program_; }

 private:
  std::shared_ptr<const Program> program_;
};

// The operators that compile() knows when they depend on the input, sorted; the rest it folds where they do not.
[[nodiscard]] std::vector<std::string> differentiable_operators();

// The working memory of passes, for T = float or double. One per thread; networks are shared freely.
// Samples are taken in blocks of `lanes` (16): a pass over 16 costs hardly more than one over a single sample.
template <class T>
class Runner {
 public:
  explicit Runner(const Network& network, InstructionSet set = best_instruction_set());

  // y[i] = network(x[i]) for i < n. x: n * inputs(), y: n * outputs().
  void forward(const T* x, std::size_t n, T* y);

  // Fills `directions` cotangents of sample i, rows of outputs() numbers that are zero at first, from its outputs y.
  using Cotangents = std::function<void(std::size_t i, const T* y, T* directions)>;

  // One forward pass and, for each sample, `count` vector-Jacobian products at the same point:
  // gx[i][d] = directions[i][d] * J(x[i]). y (n * outputs()) may be null. gx: n * count * inputs().
  // At a kink the gradient of Relu is 0 and that of a maximum belongs to the first of equals.
  void gradients(const T* x, std::size_t n, T* y, std::size_t count, const Cotangents& cotangents, T* gx);

 private:
  void load(const T* x, std::size_t n);
  void run_forward();
  void run_backward();
  [[nodiscard]] const std::vector<Value>& places() const;
  [[nodiscard]] const T* value(std::size_t value) const;

  Network network_;
  InstructionSet set_;
  bool keeps_ = false;  // all values of a pass, for gradients
  std::vector<T> frame_, gradient_, scratch_;
};

extern template class Runner<float>;
extern template class Runner<double>;

// Calls work(begin, end, thread) for ranges that together are 0 … n-1, on `threads` threads (the caller's included).
// Ranges are multiples of `grain` and are handed out as threads become free; which thread gets which is not said.
void for_ranges(std::size_t n, std::size_t grain, std::size_t threads,
                const std::function<void(std::size_t begin, std::size_t end, std::size_t thread)>& work);

}  // namespace duolex::tensor
