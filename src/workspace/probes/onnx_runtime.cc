#include "workspace/probes/onnx_runtime.h"

#include <dlfcn.h>

#include <algorithm>
#include <map>

#include "tensor/onnx.h"
#include "threats/campaign/campaign.h"

namespace duolex::workspace {
namespace {

// The interface is one table of functions, which later versions only lengthen: a function is known by its place. Every
// one of those used here returns null or an error that is released by the caller.
using Status = void*;
struct Base {
  const void* const* (*api)(std::uint32_t version);
  const char* (*version)();
};
constexpr std::uint32_t interface_version = 1;

enum Place : std::size_t {
  get_error_message = 2, create_env = 3, create_session_from_array = 8, run = 9, create_session_options = 10, set_intra_op_threads = 24,
  input_count = 30, output_count = 31, input_type = 33, output_type = 34, input_name = 36, output_name = 37, create_tensor_with_data = 49,
  tensor_data = 51, cast_to_tensor_type = 55, element_type = 60, dimension_count = 61, dimensions = 62, element_count = 64,
  type_and_shape = 65, create_cpu_memory_info = 69, default_allocator = 78, release_env = 92, release_status = 93,
  release_memory_info = 94, release_session = 95, release_value = 96, release_type_info = 98, release_type_and_shape = 99,
  release_session_options = 100,
};
constexpr int warnings_off = 4;  // fatal errors alone are logged
constexpr int f32 = 1, f64 = 11;

Failure wrong(const std::string& what) { return failure(error_in("", "the target " + what)); }

}  // namespace

struct OnnxRuntime::Session {
  const void* const* api = nullptr;
  void *env = nullptr, *options = nullptr, *session = nullptr, *memory = nullptr;
  std::string in, out;
  std::vector<std::int64_t> shape;  // of the input, as the model says it
  std::map<std::string, tensor::Tensor> fixed;

  template <class... Arguments>
  [[nodiscard]] std::string call(Place place, Arguments... arguments) const {
    const auto function = reinterpret_cast<Status (*)(Arguments...)>(const_cast<void*>(api[place]));
    const Status status = function(arguments...);
    if (status == nullptr) return "";
    const auto message = reinterpret_cast<const char* (*)(const void*)>(const_cast<void*>(api[get_error_message]));
    const std::string text = message(status);
    release(release_status, status);
    return text.empty() ? "failed without a reason" : text;
  }
  void release(Place place, void* what) const {
    if (what != nullptr) reinterpret_cast<void (*)(void*)>(const_cast<void*>(api[place]))(what);
  }
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    release(release_memory_info, memory);
    release(release_session, session);
    release(release_session_options, options);
    release(release_env, env);
  }

  // The element type of a TypeInfo, 0 where it is no tensor, and its dimensions.
  std::string look(void* info, int& type, std::vector<std::int64_t>& shape_of) const {
    const void* tensor = nullptr;
    std::size_t rank = 0;
    std::string why = call(cast_to_tensor_type, static_cast<const void*>(info), &tensor);
    if (!why.empty() || tensor == nullptr) return why;
    if (why = call(element_type, tensor, &type); !why.empty()) return why;
    if (why = call(dimension_count, tensor, &rank); !why.empty()) return why;
    shape_of.resize(rank);
    return call(dimensions, tensor, shape_of.data(), rank);
  }

  std::string name(Place place, std::size_t i, std::string& to) const {
    void* allocator = nullptr;  // the library's own; a name it made stays with it until the process ends
    char* text = nullptr;
    std::string why = call(default_allocator, &allocator);
    if (why.empty()) why = call(place, static_cast<const void*>(session), i, allocator, &text);
    if (why.empty()) to = text;
    return why;
  }

  // What a question gives to the library: the rows, and what is fixed. The numbers stay the caller's.
  class Values {
   public:
    explicit Values(const Session& session) : session_(session) {}
    ~Values() {
      for (void* v : values_) session_.release(release_value, v);
    }
    Values(const Values&) = delete;
    Values& operator=(const Values&) = delete;
    std::string add(const void* data, std::size_t bytes, const tensor::Shape& shape, int type) { return make(values_.emplace_back(), data, bytes, shape, type); }
    std::string first(const void* data, std::size_t bytes, const tensor::Shape& shape, int type) {
      session_.release(release_value, values_[0]);
      values_[0] = nullptr;
      return make(values_[0], data, bytes, shape, type);
    }
    [[nodiscard]] const void* const* data() const { return values_.data(); }

   private:
    std::string make(void*& value, const void* data, std::size_t bytes, const tensor::Shape& shape, int type) const {
      return session_.call(create_tensor_with_data, static_cast<const void*>(session_.memory), const_cast<void*>(data), bytes, static_cast<const std::int64_t*>(shape.data()), shape.size(), type, &value);
    }
    const Session& session_;
    std::vector<void*> values_{nullptr};
  };
};

Result<OnnxRuntime> OnnxRuntime::load(const std::string& library) {
  // A path with a slash is that file; a name alone would be searched for.
  void* const handle = dlopen((library.find('/') == std::string::npos ? "./" + library : library).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return failure(error_in(library, std::string("cannot be loaded: ") + dlerror()));
  const auto base = reinterpret_cast<const Base* (*)()>(dlsym(handle, "OrtGetApiBase"));
  if (base == nullptr) return failure(error_in(library, "is no ONNX Runtime: it has no OrtGetApiBase"));
  OnnxRuntime runtime;
  runtime.session_ = std::make_shared<Session>();
  runtime.version_ = base()->version();
  if (!runtime.version_.starts_with("1.")) return failure(error_in(library, "is ONNX Runtime " + runtime.version_ + "; only version 1 is known here"));
  runtime.session_->api = base()->api(interface_version);
  if (runtime.session_->api == nullptr) return failure(error_in(library, "ONNX Runtime " + runtime.version_ + " does not offer the first version of its interface"));
  return runtime;
}

Result<void> OnnxRuntime::open(const std::string& model, const std::vector<std::pair<std::string, double>>& fixed, const std::string& output) {
  const auto read = tensor::read_onnx("the model", model);
  if (!read) return tl::unexpected(read.error());
  Session& s = *session_;
  auto filled = threats::campaign::fixed_inputs(fixed, *read);
  if (!filled) return tl::unexpected(filled.error());
  s.fixed = std::move(*filled);
  std::size_t inputs = 0, outputs = 0;
  std::string why = s.call(create_env, warnings_off, "duolex", &s.env);
  if (why.empty()) why = s.call(create_session_options, &s.options);
  if (why.empty()) why = s.call(set_intra_op_threads, s.options, 1);  // one order of sums
  if (why.empty()) why = s.call(create_session_from_array, static_cast<const void*>(s.env), static_cast<const void*>(model.data()), model.size(), static_cast<const void*>(s.options), &s.session);
  if (why.empty()) why = s.call(create_cpu_memory_info, 1, 0, &s.memory);
  if (why.empty()) why = s.call(input_count, static_cast<const void*>(s.session), &inputs);
  if (why.empty()) why = s.call(output_count, static_cast<const void*>(s.session), &outputs);
  if (!why.empty()) return wrong("cannot open the model: " + why);
  const auto type_of = [&](Place place, std::size_t i, int& type, std::vector<std::int64_t>& shape) {
    void* info = nullptr;
    type = 0;
    why = s.call(place, static_cast<const void*>(s.session), i, &info);
    if (why.empty()) why = s.look(info, type, shape);
    s.release(release_type_info, info);
    return why.empty();
  };
  std::vector<std::string> open_inputs;
  for (std::size_t i = 0; i < inputs; ++i) {
    std::string name;
    if (why = s.name(input_name, i, name); !why.empty()) return wrong("has no names: " + why);
    if (s.fixed.contains(name)) continue;
    open_inputs.push_back(name);
    int type = 0;
    if (!type_of(input_type, i, type, s.shape)) return wrong("does not say what it takes: " + why);
    if (open_inputs.size() == 1 && type != f32) return wrong("takes no tensor of f32 as '" + name + "'");
  }
  if (open_inputs.size() != 1) {
    std::string names;
    for (const std::string& n : open_inputs) names += (names.empty() ? "'" : ", '") + n + "'";
    return wrong(open_inputs.empty() ? "has no input left for the rows: all are fixed" : "has " + std::to_string(open_inputs.size()) + " open inputs, " + names + ": fill all but one with --fix NAME=NUMBER");
  }
  s.in = open_inputs.front();
  bool found = false;
  for (std::size_t i = 0; i < outputs && !found; ++i) {
    std::vector<std::int64_t> shape;
    int type = 0;
    if (why = s.name(output_name, i, s.out); !why.empty()) return wrong("has no names: " + why);
    if (!output.empty() && s.out != output) continue;
    if (!type_of(output_type, i, type, shape)) return wrong("does not say what it gives: " + why);
    found = type == f32 || type == f64;
    if (!found && !output.empty()) return wrong("gives no tensor of f32 or f64 as '" + output + "'");
  }
  if (!found) return wrong(output.empty() ? "gives no tensor of f32 or f64" : "has no output '" + output + "'");
  return {};
}

Result<std::vector<float>> OnnxRuntime::ask(const std::vector<float>& rows, std::size_t n, const tensor::Shape& row) const {
  const Session& s = *session_;
  const std::size_t size = n == 0 ? 0 : rows.size() / n;
  std::vector<std::int64_t> shape = {1};
  shape.insert(shape.end(), row.begin(), row.end());
  // The model's own dimensions where it says them all: rows of 784 numbers serve a model of 1 by 28 by 28.
  if (!s.shape.empty()) {
    std::vector<std::int64_t> own = s.shape;
    own[0] = 1;
    if (std::all_of(own.begin(), own.end(), [](std::int64_t d) { return d > 0; }) && tensor::element_count(own) == size) shape = own;
  }
  const std::size_t at_once = s.fixed.empty() && !s.shape.empty() && s.shape[0] < 0 ? n : 1;
  Session::Values values(s);
  std::vector<const char*> names = {s.in.c_str()};
  for (const auto& [name, filled] : s.fixed) {
    names.push_back(name.c_str());
    if (const std::string why = values.add(filled.bytes.data(), filled.bytes.size(), filled.shape, static_cast<int>(filled.type)); !why.empty()) return wrong("does not take '" + name + "': " + why);
  }
  std::vector<float> scores;
  for (std::size_t first = 0; first < n; first += at_once) {
    shape[0] = static_cast<std::int64_t>(at_once);
    void *result = nullptr, *info = nullptr, *data = nullptr;
    const char* out = s.out.c_str();
    int type = 0;
    std::size_t count = 0;
    std::string why = values.first(rows.data() + first * size, at_once * size * sizeof(float), shape, f32);
    if (why.empty()) why = s.call(run, s.session, static_cast<const void*>(nullptr), static_cast<const char* const*>(names.data()), values.data(), names.size(), static_cast<const char* const*>(&out), std::size_t{1}, &result);
    if (why.empty()) why = s.call(type_and_shape, static_cast<const void*>(result), &info);
    if (why.empty()) why = s.call(element_type, static_cast<const void*>(info), &type);
    if (why.empty()) why = s.call(element_count, static_cast<const void*>(info), &count);
    if (why.empty()) why = s.call(tensor_data, result, &data);
    if (why.empty() && count % at_once != 0) why = std::to_string(count) + " scores for " + std::to_string(at_once) + " rows";
    if (why.empty() && type == f32) scores.insert(scores.end(), static_cast<const float*>(data), static_cast<const float*>(data) + count);
    if (why.empty() && type == f64) std::transform(static_cast<const double*>(data), static_cast<const double*>(data) + count, std::back_inserter(scores), [](double v) { return static_cast<float>(v); });
    s.release(release_type_and_shape, info);
    s.release(release_value, result);
    if (!why.empty()) return wrong("does not run the model: " + why);
  }
  return scores;
}

}  // namespace duolex::workspace
