// A TorchScript model in libtorch, which stands behind this interface in a library of its own (load.h): the program
// neither links it nor needs it. docs/decisions/engine.md says why so.
//
// Promise. A row is asked by itself, by one thread of libtorch, its kernels chosen by nothing that changes within a
// run: a result depends on the model, the row and the libraries, not on batches, other rows or how many threads ask.
// A model that keeps state or draws random numbers breaks that; `steady` says whether it was seen to.
// Units are the model's own. Errors are diagnostics; "not tested: …" where libtorch or this interface lacks something.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace duolex::torchscript {

struct OpenOptions {
  std::vector<std::int64_t> row;                         // the shape of one row, without the batch
  std::vector<std::pair<std::string, double>> fixed{};   // further arguments of forward() that are numbers
  std::string output{};                                  // of several: its place in a tuple or list, or its key in a dict
};

// One thread's access to a model.
class Session {
 public:
  virtual ~Session() = default;
  // x: one row; y: as many scores as the model has.
  virtual Result<void> scores(const float* x, float* y) = 0;
  // The same by the model with its weights widened to f64. Only where about().exact.
  virtual Result<void> exact_scores(const double* x, double* y) = 0;
  // The scores, and the product of the direction that is made from them with the Jacobian there.
  virtual Result<void> gradient(const float* x, float* y, const std::function<void(const float* y, float* direction)>& direction, float* by_x) = 0;
  virtual Result<void> exact_gradient(const double* x, double* y, const std::function<void(const double* y, double* direction)>& direction, double* by_x) = 0;
};

struct About {
  std::vector<std::int64_t> output_shape{};     // for one row
  std::size_t outputs = 0;
  bool exact = false;                           // it runs in f64 as well
  bool steady = true;                           // the same row twice gave the same bits
  std::vector<std::string> operators{};         // of its graph, sorted: "aten::conv2d"
  std::vector<std::string> flat_operators{};    // those without a useful derivative
  std::vector<std::string> notes{};
};

class Model {
 public:
  virtual ~Model() = default;
  [[nodiscard]] virtual const About& about() const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Session>> session() const = 0;
};

// Any output of one run, for those who look at it.
struct Output {
  std::string name;                // its place: "0", "1", … or its key
  std::string type;                // "f32"
  std::vector<std::int64_t> shape{};
  std::vector<double> numbers{};
};

class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual std::string version() const = 0;
  [[nodiscard]] virtual std::string processor() const = 0;  // the kernels it chose: "AVX2"
  // Files that results depend on: libtorch's own and the library that multiplies its matrices.
  [[nodiscard]] virtual std::vector<std::string> libraries() const = 0;
  // Runs what will be run, so that nothing has to be read from files afterwards.
  virtual Result<void> warm_up() = 0;
  // `bytes` runs code of its own language while it is read: call in a process that is confined, and only with what was
  // looked into before. Tries one row of zeros.
  [[nodiscard]] virtual Result<std::unique_ptr<Model>> open(const std::string& file, const std::string& bytes, const OpenOptions& options) const = 0;
  // One pass over `x` as it is, its first dimension the batch; all tensors that come out.
  [[nodiscard]] virtual Result<std::vector<Output>> run(const std::string& file, const std::string& bytes, const OpenOptions& options, const std::vector<std::int64_t>& shape, const std::vector<float>& x,
                                                        std::vector<std::string>& operators) const = 0;
};

// The one symbol of the library: an engine that lives as long as the process, or null when the caller was built against
// another version of this header.
inline constexpr int interface_version = 1;
inline constexpr const char* entry_point = "duolex_torchscript_engine";
using EntryPoint = Engine* (*)(int version);

}  // namespace duolex::torchscript
