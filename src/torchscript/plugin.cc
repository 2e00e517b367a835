// The library's one symbol, and libtorch behind it. Nothing of libtorch is seen outside of this file.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <dlfcn.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/version.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <set>
#include <sstream>

#include "torchscript/engine.h"

namespace duolex::torchscript {
namespace {

namespace jit = ::torch::jit;
using c10::IValue;

template <class T>
constexpr at::ScalarType element = std::is_same_v<T, float> ? at::kFloat : at::kDouble;

// The first line of what went wrong, without where in libtorch.
std::string first_line(const std::exception& e) {
  const auto* const own = dynamic_cast<const c10::Error*>(&e);
  std::istringstream text(own != nullptr ? own->what_without_backtrace() : e.what());
  std::string line, last;
  while (std::getline(text, line)) {
    // What a script raises stands at the end, after where it did.
    if (line.find("Error: ") != std::string::npos) last = line;
    else if (last.empty() && line.find_first_not_of(' ') != std::string::npos && !line.starts_with("The following operation failed") && !line.starts_with("Traceback") && !line.starts_with("  ")) last = line;
  }
  const std::size_t begin = last.find_first_not_of(' ');
  return begin == std::string::npos ? "failed without a reason" : last.substr(begin, 300);
}

// An operator that is not known has a form of its own: "Unknown builtin op: torchvision::nms."
std::string lacking(const std::exception& e) {
  const std::string text = e.what(), mark = "Unknown builtin op: ";
  const std::size_t at = text.find(mark);
  if (at == std::string::npos) return "cannot be opened by libtorch: " + first_line(e);
  std::string name = text.substr(at + mark.size(), 200);
  name = name.substr(0, name.find_first_of(" \n"));
  while (!name.empty() && name.back() == '.') name.pop_back();
  return "not tested: operator " + name + ", which libtorch " TORCH_VERSION " does not know";
}

// No exception leaves this library.
template <class T, class Work>
Result<T> guarded(const std::string& file, const Work& work) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return failure(error_in(file, "libtorch ran out of memory"));
  } catch (const std::exception& e) {
    return failure(error_in(file, "libtorch cannot run it: " + first_line(e)));
  } catch (...) {
    return failure(error_in(file, "libtorch failed without a reason"));
  }
}

// Some functions are steps that have no slope; others cut it off.
const std::set<std::string> flat = {"aten::round", "aten::floor", "aten::ceil", "aten::trunc", "aten::sign", "aten::sgn", "aten::heaviside", "aten::argmax", "aten::argmin", "aten::bernoulli",
                                    "aten::multinomial", "aten::bucketize", "aten::searchsorted", "aten::one_hot", "aten::detach", "aten::quantize_per_tensor", "aten::quantize_per_channel",
                                    "aten::floor_divide", "aten::round_", "aten::floor_", "aten::ceil_", "aten::trunc_", "aten::sign_", "aten::detach_"};
const std::set<std::string> comparisons = {"aten::gt", "aten::lt", "aten::ge", "aten::le", "aten::eq", "aten::ne"};
// What asks a comparison which way to go, where the ways themselves have slopes.
const std::set<std::string> choosers = {"aten::where", "aten::masked_fill", "aten::masked_fill_", "aten::masked_select", "aten::index", "aten::index_put_", "aten::logical_and", "aten::logical_or", "aten::logical_not",
                                        "aten::__and__", "aten::__or__", "aten::bitwise_not", "aten::bitwise_and", "aten::bitwise_or", "aten::any", "aten::all", "aten::Bool", "prim::If"};

void look(const jit::Block& block, std::set<std::string>& operators, std::set<std::string>& flats) {
  for (const jit::Node* node : block.nodes()) {
    const std::string name = node->kind().toQualString();
    if (!name.starts_with("prim::")) operators.insert(name);
    if (flat.contains(name)) flats.insert(name);
    if (comparisons.contains(name) && !node->outputs().empty() && node->output()->type()->kind() == c10::TypeKind::TensorType)
      for (const jit::Use& use : node->output()->uses())
        if (!choosers.contains(use.user->kind().toQualString())) flats.insert(name + " as a number");
    for (const jit::Block* inner : node->blocks()) look(*inner, operators, flats);
  }
}

// The tensors of whatever a model returns, by place or key.
void collect(const IValue& value, const std::string& name, std::vector<std::pair<std::string, at::Tensor>>& out) {
  const auto part = [&](std::size_t i) { return name.empty() ? std::to_string(i) : name + "." + std::to_string(i); };
  if (value.isTensor()) {
    out.emplace_back(name.empty() ? "0" : name, value.toTensor());
  } else if (value.isTuple()) {
    const auto& elements = value.toTupleRef().elements();
    for (std::size_t i = 0; i < elements.size(); ++i) collect(elements[i], part(i), out);
  } else if (value.isTensorList() || value.isList()) {
    const auto list = value.toListRef();
    for (std::size_t i = 0; i < list.size(); ++i) collect(list[i], part(i), out);
  } else if (value.isGenericDict()) {
    for (const auto& entry : value.toGenericDict())
      if (entry.key().isString()) collect(entry.value(), name.empty() ? entry.key().toStringRef() : name + "." + entry.key().toStringRef(), out);
  }
}

std::string type_name(at::ScalarType t) {
  switch (t) {
    case at::kFloat: return "f32";
    case at::kDouble: return "f64";
    case at::kHalf: return "f16";
    case at::kBFloat16: return "bf16";
    case at::kBool: return "bool";
    case at::kByte: return "u8";
    case at::kChar: return "i8";
    case at::kShort: return "i16";
    case at::kInt: return "i32";
    case at::kLong: return "i64";
    default: return c10::toString(t);
  }
}

// The arguments of forward() after the first: numbers of the plan, else what the model says stands for them.
Result<std::vector<IValue>> further(const std::string& file, const jit::Module& module, const OpenOptions& options) {
  std::vector<IValue> out;
  const auto& arguments = module.get_method("forward").function().getSchema().arguments();
  if (arguments.size() < 2) return failure(error_in(file, "not tested: a model whose forward() takes nothing"));
  std::set<std::string> unused;
  for (const auto& entry : options.fixed) unused.insert(entry.first);
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const auto& a = arguments[i];
    const auto given = std::find_if(options.fixed.begin(), options.fixed.end(), [&](const auto& f) { return f.first == a.name(); });
    if (given != options.fixed.end()) {
      unused.erase(a.name());
      const auto kind = a.type()->kind();
      if (kind == c10::TypeKind::IntType) out.emplace_back(static_cast<std::int64_t>(given->second));
      else if (kind == c10::TypeKind::FloatType) out.emplace_back(given->second);
      else if (kind == c10::TypeKind::BoolType) out.emplace_back(given->second != 0);
      else return failure(error_in(file, "not tested: the argument '" + a.name() + "' of type " + a.type()->str() + " fixed to a number"));
    } else if (a.default_value()) {
      out.push_back(*a.default_value());
    } else {
      return failure(error_in(file, "forward() has a further argument '" + a.name() + "' of type " + a.type()->str(), "a number is given with --fix"));
    }
  }
  if (!unused.empty()) return failure(error_in(file, "forward() has no further argument '" + *unused.begin() + "' to be fixed"));
  return out;
}

struct Loaded {
  std::string file;
  OpenOptions options;
  jit::Module single, wide;
  std::vector<IValue> rest;
  About about;
};

jit::Module read(const std::string& bytes, std::vector<std::string>* notes) {
  std::istringstream in(bytes);
  jit::Module module = jit::load(in, c10::Device(c10::kCPU));
  if (notes != nullptr && module.hasattr("training") && module.is_training()) notes->push_back("it was saved as if in training, and is run as in use (batch statistics fixed, nothing dropped out)");
  module.eval();
  for (const at::Tensor& p : module.parameters()) p.requires_grad_(false);
  return module;
}

template <class T>
at::Tensor row_of(const Loaded& loaded, const T* x) {
  std::vector<std::int64_t> shape{1};
  shape.insert(shape.end(), loaded.options.row.begin(), loaded.options.row.end());
  at::Tensor t = at::empty(shape, element<T>);  // in libtorch's own memory: aligned alike each time
  std::memcpy(t.data_ptr<T>(), x, static_cast<std::size_t>(t.numel()) * sizeof(T));
  return t;
}

// The scores within what came back; throws where there are none.
at::Tensor chosen(const IValue& value, const std::string& output) {
  std::vector<std::pair<std::string, at::Tensor>> all;
  collect(value, "", all);
  if (all.empty()) throw std::runtime_error("it returns no tensor");
  if (output.empty() && all.size() > 1) {
    std::string names;
    for (const auto& entry : all) names += " " + entry.first;
    throw std::runtime_error("it returns several tensors, of which one has to be named as the output:" + names);
  }
  for (const auto& [name, tensor] : all) {
    if (!output.empty() && name != output) continue;
    if (!tensor.is_floating_point()) throw std::runtime_error("its output is of type " + type_name(tensor.scalar_type()) + " and no score");
    return tensor;
  }
  throw std::runtime_error("it returns nothing called '" + output + "'");
}

template <class T>
at::Tensor pass(const Loaded& loaded, jit::Module& module, const at::Tensor& x) {
  std::vector<IValue> arguments{x};
  arguments.insert(arguments.end(), loaded.rest.begin(), loaded.rest.end());
  return chosen(module.forward(std::move(arguments)), loaded.options.output);
}

template <class T>
void copy_out(const Loaded& loaded, const at::Tensor& y, T* out) {
  const at::Tensor flat_y = y.detach().to(element<T>).contiguous();
  if (static_cast<std::size_t>(flat_y.numel()) != loaded.about.outputs) throw std::runtime_error("it returns " + std::to_string(flat_y.numel()) + " scores for this row, not " + std::to_string(loaded.about.outputs) + " as before");
  std::memcpy(out, flat_y.data_ptr<T>(), loaded.about.outputs * sizeof(T));
}

class TorchSession final : public Session {
 public:
  // Each its own copy: a model that keeps state keeps it to itself.
  explicit TorchSession(std::shared_ptr<const Loaded> loaded)
      : loaded_(std::move(loaded)), single_(loaded_->single.deepcopy()), wide_(loaded_->about.exact ? loaded_->wide.deepcopy() : single_) {}

  Result<void> scores(const float* x, float* y) override { return forward(single_, x, y); }
  Result<void> exact_scores(const double* x, double* y) override {
    if (!loaded_->about.exact) return failure(error_in(loaded_->file, "not tested: the model in double precision"));
    return forward(wide_, x, y);
  }
  Result<void> gradient(const float* x, float* y, const std::function<void(const float*, float*)>& direction, float* by_x) override { return back(single_, x, y, direction, by_x); }
  Result<void> exact_gradient(const double* x, double* y, const std::function<void(const double*, double*)>& direction, double* by_x) override {
    if (!loaded_->about.exact) return failure(error_in(loaded_->file, "not tested: the model in double precision"));
    return back(wide_, x, y, direction, by_x);
  }

 private:
  template <class T>
  Result<void> forward(jit::Module& module, const T* x, T* y) {
    return guarded<void>(loaded_->file, [&]() -> Result<void> {
      const at::NoGradGuard none;
      copy_out(*loaded_, pass<T>(*loaded_, module, row_of(*loaded_, x)), y);
      return {};
    });
  }
  template <class T>
  Result<void> back(jit::Module& module, const T* x, T* y, const std::function<void(const T*, T*)>& direction, T* by_x) {
    return guarded<void>(loaded_->file, [&]() -> Result<void> {
      const at::AutoGradMode with(true);
      const at::Tensor in = row_of(*loaded_, x).set_requires_grad(true);
      const at::Tensor out = pass<T>(*loaded_, module, in);
      copy_out(*loaded_, out, y);
      std::vector<T> d(loaded_->about.outputs);
      direction(y, d.data());
      std::fill_n(by_x, in.numel(), T{});
      if (!out.requires_grad()) return {};  // nothing of the input reaches it by a way that has a slope
      const at::Tensor cotangent = at::empty(out.sizes(), element<T>);
      std::memcpy(cotangent.data_ptr<T>(), d.data(), d.size() * sizeof(T));
      const auto grads = ::torch::autograd::grad({out}, {in}, {cotangent.to(out.scalar_type())}, false, false, true);
      if (!grads[0].defined()) return {};
      const at::Tensor g = grads[0].to(element<T>).contiguous();
      std::memcpy(by_x, g.data_ptr<T>(), static_cast<std::size_t>(g.numel()) * sizeof(T));
      return {};
    });
  }

  std::shared_ptr<const Loaded> loaded_;
  jit::Module single_, wide_;
};

class TorchModel final : public Model {
 public:
  explicit TorchModel(std::shared_ptr<const Loaded> loaded) : loaded_(std::move(loaded)) {}
  const About& about() const override { return loaded_->about; }
  Result<std::unique_ptr<Session>> session() const override {
    return guarded<std::unique_ptr<Session>>(loaded_->file, [&]() -> Result<std::unique_ptr<Session>> { return std::make_unique<TorchSession>(loaded_); });
  }

 private:
  std::shared_ptr<const Loaded> loaded_;
};

void describe(const jit::Module& module, About& about) {
  auto graph = module.get_method("forward").graph()->copy();
  jit::Inline(*graph);
  std::set<std::string> operators, flats;
  look(*graph->block(), operators, flats);
  about.operators.assign(operators.begin(), operators.end());
  about.flat_operators.assign(flats.begin(), flats.end());
}

// In f64 the model is the same function only where all of it can be widened.
void try_wide(Loaded& loaded, const std::string& bytes, const std::vector<double>& zeros) {
  try {
    loaded.wide = read(bytes, nullptr);
    loaded.wide.to(at::kDouble);
    const at::NoGradGuard none;
    const at::Tensor y = pass<double>(loaded, loaded.wide, row_of(loaded, zeros.data()));
    loaded.about.exact = y.scalar_type() == at::kDouble && static_cast<std::size_t>(y.numel()) == loaded.about.outputs;
    if (!loaded.about.exact) loaded.about.notes.emplace_back("its output is not of double precision when it is asked so: examples are checked in single precision");
  } catch (const std::exception& e) {
    loaded.about.notes.push_back("it does not run in double precision (" + first_line(e) + "): examples are checked in single precision");
  }
}

std::string path_of(const void* symbol) {
  Dl_info info{};
  if (dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return "";
  std::error_code error;
  const auto path = std::filesystem::canonical(info.dli_fname, error);
  return error ? "" : path.string();
}

class TorchEngine final : public Engine {
 public:
  TorchEngine() {
    at::set_num_threads(1);
    at::globalContext().setDeterministicAlgorithms(true, false);
    at::globalContext().setUserEnabledMkldnn(false);  // its kernels are chosen by what memory looks like
    jit::getExecutorMode() = true;
    jit::getProfilingMode() = false;  // no kernels that change after a few runs
  }
  std::string version() const override { return TORCH_VERSION; }
  std::string processor() const override {
    const std::string all = at::show_config(), mark = "CPU capability usage: ";
    const std::size_t at = all.find(mark);
    return at == std::string::npos ? "unknown" : all.substr(at + mark.size(), all.find('\n', at) - at - mark.size());
  }
  std::vector<std::string> libraries() const override {
    const std::string torch = path_of(reinterpret_cast<const void*>(&at::set_num_threads));
    std::vector<std::string> all{torch, path_of(reinterpret_cast<const void*>(&c10::GetAllocator))};
    if (void* const handle = dlopen(torch.c_str(), RTLD_NOW | RTLD_NOLOAD); handle != nullptr) {
      if (const void* const gemm = dlsym(handle, "sgemm_"); gemm != nullptr) all.push_back(path_of(gemm));
      dlclose(handle);
    }
    std::erase(all, "");
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
  }

  Result<void> warm_up() override {
    return guarded<void>("", []() -> Result<void> {
      at::manual_seed(0);  // its generator takes its first seed from the machine
      for (const at::ScalarType t : {at::kFloat, at::kDouble}) {
        const at::Tensor x = at::ones({1, 3, 16, 16}, t).set_requires_grad(true), w = at::ones({8, 3, 3, 3}, t), v = at::ones({8 * 14 * 14, 40}, t);
        const at::Tensor y = at::matmul(at::flatten(at::relu(at::conv2d(x, w)), 1), v);
        (void)::torch::autograd::grad({y}, {x}, {at::ones_like(y)}, false, false, true);
      }
      return {};
    });
  }

  Result<std::unique_ptr<Model>> open(const std::string& file, const std::string& bytes, const OpenOptions& options) const override {
    const auto loaded = std::make_shared<Loaded>();
    loaded->file = file;
    loaded->options = options;
    try {
      at::manual_seed(0);
      loaded->single = read(bytes, &loaded->about.notes);
    } catch (const std::exception& e) {
      return failure(error_in(file, lacking(e)));
    }
    return guarded<std::unique_ptr<Model>>(file, [&]() -> Result<std::unique_ptr<Model>> {
      auto rest = further(file, loaded->single, options);
      if (!rest) return tl::unexpected(rest.error());
      loaded->rest = std::move(*rest);
      describe(loaded->single, loaded->about);
      std::size_t size = 1;
      for (const std::int64_t d : options.row) size *= static_cast<std::size_t>(d);
      const std::vector<float> zeros(size);
      std::vector<float> one, two;
      {
        const at::NoGradGuard none;
        const at::Tensor y = pass<float>(*loaded, loaded->single, row_of(*loaded, zeros.data()));
        loaded->about.output_shape = y.sizes().vec();
        loaded->about.outputs = static_cast<std::size_t>(y.numel());
        if (loaded->about.outputs == 0) return failure(error_in(file, "not tested: it returns no score for a row"));
        one.resize(loaded->about.outputs);
        two.resize(loaded->about.outputs);
        copy_out(*loaded, y, one.data());
        copy_out(*loaded, pass<float>(*loaded, loaded->single, row_of(*loaded, zeros.data())), two.data());
        loaded->about.steady = std::memcmp(one.data(), two.data(), one.size() * sizeof(float)) == 0;
        if (!loaded->about.steady) loaded->about.notes.emplace_back("the same row twice gave two answers (state or random numbers): neither numbers of threads nor a second run need give the same result");
      }
      try_wide(*loaded, bytes, std::vector<double>(size));
      return std::make_unique<TorchModel>(loaded);
    });
  }

  Result<std::vector<Output>> run(const std::string& file, const std::string& bytes, const OpenOptions& options, const std::vector<std::int64_t>& shape, const std::vector<float>& x,
                                  std::vector<std::string>& operators) const override {
    Loaded loaded;
    loaded.file = file;
    loaded.options = options;
    try {
      loaded.single = read(bytes, nullptr);
    } catch (const std::exception& e) {
      return failure(error_in(file, lacking(e)));
    }
    return guarded<std::vector<Output>>(file, [&]() -> Result<std::vector<Output>> {
      auto rest = further(file, loaded.single, options);
      if (!rest) return tl::unexpected(rest.error());
      describe(loaded.single, loaded.about);
      operators = loaded.about.operators;
      const at::NoGradGuard none;
      at::Tensor in = at::empty(shape, at::kFloat);
      if (static_cast<std::size_t>(in.numel()) != x.size()) return failure(error_in(file, "the numbers do not fit the shape"));
      std::memcpy(in.data_ptr<float>(), x.data(), x.size() * sizeof(float));
      std::vector<IValue> arguments{in};
      arguments.insert(arguments.end(), rest->begin(), rest->end());
      std::vector<std::pair<std::string, at::Tensor>> all;
      collect(loaded.single.forward(std::move(arguments)), "", all);
      std::vector<Output> out;
      for (const auto& [name, tensor] : all) {
        const at::Tensor wide = (tensor.is_quantized() ? tensor.dequantize() : tensor).to(at::kDouble).contiguous();
        out.push_back({name, type_name(tensor.scalar_type()), tensor.sizes().vec(), std::vector<double>(wide.data_ptr<double>(), wide.data_ptr<double>() + wide.numel())});
      }
      return out;
    });
  }
};

}  // namespace
}  // namespace duolex::torchscript

extern "C" __attribute__((visibility("default"))) duolex::torchscript::Engine* duolex_torchscript_engine(int version) {
  if (version != duolex::torchscript::interface_version) return nullptr;
  try {
    static duolex::torchscript::TorchEngine engine;
    return &engine;
  } catch (...) {
    return nullptr;
  }
}
