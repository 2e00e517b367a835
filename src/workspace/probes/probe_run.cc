#include "workspace/probes/probe_run.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <csignal>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "base/file.h"
#include "tensor/evaluate.h"
#include "tensor/random.h"
#include "text/json_out.h"
#include "threats/array.h"
#include "threats/campaign/base64.h"
#include "torchscript/load.h"
#include "workspace/probes/model_reader.h"
#include "workspace/probes/torch_target.h"
#include "workspace/system/confined.h"

namespace duolex::workspace {
namespace {

using nlohmann::ordered_json;
using tensor::Datum;
using tensor::Tensor;
using tensor::Type;

struct TypePair {
  Type tensor;
  threats::ElementType array;
};
constexpr TypePair types[] = {{Type::f32, threats::ElementType::f4}, {Type::f64, threats::ElementType::f8}, {Type::i8, threats::ElementType::i1},
                              {Type::i16, threats::ElementType::i2}, {Type::i32, threats::ElementType::i4}, {Type::i64, threats::ElementType::i8},
                              {Type::u8, threats::ElementType::u1}, {Type::u16, threats::ElementType::u2}, {Type::u32, threats::ElementType::u4},
                              {Type::u64, threats::ElementType::u8}, {Type::boolean, threats::ElementType::b1}};

std::optional<double> number_in(const std::string& text) {
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(v) : std::nullopt;
}

void set_all(Tensor& t, double v) {
  for (const auto& [type, ignored] : types) {
    if (type != t.type) continue;
    const std::size_t n = t.elements(), size = tensor::size_of(type);
    for (std::size_t i = 0; i < n; ++i) {
      const auto f = static_cast<float>(v);
      const auto w = static_cast<std::int64_t>(v);  // the low bytes of it, in a smaller type
      const void* from = type == Type::f32 ? static_cast<const void*>(&f) : type == Type::f64 ? static_cast<const void*>(&v) : &w;
      std::memcpy(t.bytes.data() + i * size, from, size);
    }
  }
}

using Given = std::map<std::string, std::string>;  // "NAME=VALUE" pairs

Result<Given> pairs(const std::vector<std::string>& list, const std::string& only, const char* what) {
  Given given;
  for (const std::string& item : list) {
    const std::size_t at = item.find('=');
    const std::string name = at == std::string::npos ? only : item.substr(0, at);
    if (name.empty()) return failure(error_in(item, std::string("expected NAME=") + what));
    if (!given.emplace(name, at == std::string::npos ? item : item.substr(at + 1)).second) return failure(error_in(item, "'" + name + "' is given twice"));
  }
  return given;
}

// The shape an input has where it is not given, with every open dimension closed.
Result<tensor::Shape> closed(const tensor::ValueInfo& v, Given& sizes, const Given& all) {
  tensor::Shape shape = v.shape;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const std::string place = v.name + "." + std::to_string(d);
    auto found = all.find(place);
    if (found == all.end() && d < v.dimensions.size() && !v.dimensions[d].empty()) found = all.find(v.dimensions[d]);
    if (found != all.end()) {
      sizes.erase(found->first);
      const auto size = number_in(found->second);
      if (!size || *size < 0 || *size > 1e9 || *size != std::floor(*size)) return failure(error_in(found->first, "'" + found->second + "' is no size"));
      if (shape[d] >= 0 && shape[d] != static_cast<std::int64_t>(*size)) return failure(error_in(found->first, "the model fixes this dimension to " + std::to_string(shape[d])));
      shape[d] = static_cast<std::int64_t>(*size);
    } else if (shape[d] < 0) {
      shape[d] = 1;
    }
  }
  return shape;
}

Result<Datum> from_file(const std::string& path) {
  const auto bytes = read_file(path);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto array = threats::read_npy(path, *bytes);
  if (!array) return tl::unexpected(array.error());
  Tensor t;
  for (const auto& [type, element] : types)
    if (element == array->type) t.type = type;
  t.shape.assign(array->shape.begin(), array->shape.end());
  t.bytes = array->bytes;
  return tensor::datum(std::move(t));
}

Result<std::map<std::string, Datum>> inputs_of(const tensor::Model& model, const ProbeRunRequest& request) {
  const auto& declared = model.graph.inputs;
  auto given = pairs(request.inputs, declared.size() == 1 ? declared[0].name : "", "FILE.npy or NAME=NUMBER");
  if (!given) return tl::unexpected(given.error());
  const auto sizes = pairs(request.dimensions, "", "SIZE");
  if (!sizes) return tl::unexpected(sizes.error());
  Given unused = *sizes;
  std::map<std::string, Datum> inputs;
  std::uint64_t stream = 0;
  for (const tensor::ValueInfo& v : declared) {
    ++stream;
    const auto found = given->find(v.name);
    const auto constant = found == given->end() ? std::nullopt : number_in(found->second);
    if (found != given->end() && !constant) {
      auto value = from_file(found->second);
      if (!value) return tl::unexpected(value.error());
      inputs.insert_or_assign(v.name, std::move(*value));
      given->erase(found);
      continue;
    }
    if (v.kind != tensor::ValueKind::tensor || v.type == Type::undefined || v.type == Type::string || !v.has_shape)
      return failure(error_in(model.file, "not tested: the input '" + v.name + "' has to be given and is no tensor of numbers"));
    auto shape = closed(v, unused, *sizes);
    if (!shape) return tl::unexpected(shape.error());
    if (!tensor::element_count(*shape, request.memory / 8)) return failure(error_in(model.file, "an input of shape " + tensor::to_string(*shape) + " is too large"));
    Tensor t = tensor::zeros(v.type, *shape);
    if (constant) {
      set_all(t, *constant);
      given->erase(found);
    } else if (v.type == Type::f32 || v.type == Type::f64) {
      const tensor::Random random(request.seed, stream);
      for (std::size_t i = 0; i < t.elements(); ++i)
        if (v.type == Type::f32) t.as<float>()[i] = static_cast<float>(random.uniform(i));
        else t.as<double>()[i] = random.uniform(i);
    }
    inputs.insert_or_assign(v.name, tensor::datum(std::move(t)));
  }
  if (!given->empty()) return failure(error_in(model.file, "the model has no input '" + given->begin()->first + "'"));
  if (!unused.empty()) return failure(error_in(model.file, "no input has a dimension '" + unused.begin()->first + "'"));
  return inputs;
}

std::size_t count_not_finite(const Tensor& t) {
  std::size_t n = 0;
  if (t.type == Type::string) return 0;
  for (std::size_t i = 0; i < t.elements(); ++i) n += !std::isfinite(t.number(i));
  return n;
}

ordered_json described(const std::string& name, const Datum& d) {
  ordered_json j = {{"name", name}};
  if (d.kind != Datum::Kind::tensor) {
    j["kind"] = d.kind == Datum::Kind::sequence ? "sequence" : "optional";
    j["parts"] = ordered_json::array();
    for (const Datum& part : d.parts) j["parts"].push_back(described("", part));
    return j;
  }
  const Tensor& t = *d.tensor;
  j["type"] = tensor::name_of(t.type);
  j["shape"] = t.shape;
  if (t.type == Type::string || t.elements() == 0) return j;
  double low = INFINITY, high = -INFINITY, sum = 0;
  std::size_t finite = 0;
  for (std::size_t i = 0; i < t.elements(); ++i) {
    const double v = t.number(i);
    if (!std::isfinite(v)) continue;
    low = std::min(low, v);
    high = std::max(high, v);
    sum += v;
    ++finite;
  }
  j["least"] = finite == 0 ? ordered_json() : ordered_json(low);
  j["greatest"] = finite == 0 ? ordered_json() : ordered_json(high);
  j["mean"] = finite == 0 ? ordered_json() : ordered_json(sum / static_cast<double>(finite));
  j["not_finite"] = t.elements() - finite;
  return j;
}

// The same by libtorch: rows are given, as such a model does not say what it takes.
Result<ordered_json> run_torch(const ProbeRunRequest& request, const Say& say) {
  const std::string file = request.model.string();
  std::string rows;
  torchscript::OpenOptions options;
  for (const std::string& item : request.inputs) {
    const std::size_t at = item.find('=');
    const auto number = at == std::string::npos ? std::nullopt : number_in(item.substr(at + 1));
    if (number) options.fixed.emplace_back(item.substr(0, at), *number);
    else if (rows.empty()) rows = at == std::string::npos ? item : item.substr(at + 1);
    else return failure(error_in(item, "not tested: more than one array for a TorchScript model"));
  }
  if (rows.empty()) return failure(error_in(file, "a TorchScript model does not say what shape it takes", "give its input with --input FILE.npy"));
  if (!request.dimensions.empty()) return failure(error_in(file, "a TorchScript model has no named dimensions"));
  const auto bytes = read_file(request.model), npy = read_file(rows);
  if (!bytes) return tl::unexpected(bytes.error());
  if (!npy) return tl::unexpected(npy.error());
  const auto array = threats::read_npy(rows, *npy);
  if (!array) return tl::unexpected(array.error());
  if (array->type != threats::ElementType::f4 && array->type != threats::ElementType::f8) return failure(error_in(rows, "not tested: an input of a TorchScript model that is not of f4 or f8"));
  if (const auto admitted = admit_torchscript(file, *bytes); !admitted) return tl::unexpected(admitted.error());
  const auto engine = torch_engine(say);
  if (!engine) return tl::unexpected(engine.error());
  const std::vector<float> x = as_f32(*array);
  std::vector<std::string> operators;
  const auto outputs = (*engine)->run(file, *bytes, options, {array->shape.begin(), array->shape.end()}, x, operators);
  if (!outputs) return tl::unexpected(outputs.error());
  ordered_json result = {{"operators", operators}, {"inputs_not_finite", std::count_if(x.begin(), x.end(), [](float v) { return !std::isfinite(v); })}, {"outputs", ordered_json::array()}};
  for (const torchscript::Output& o : *outputs) {
    ordered_json j = described(o.name, tensor::datum(tensor::tensor_of(Type::f64, o.shape, o.numbers)));
    j["type"] = o.type;
    result["outputs"].push_back(std::move(j));
    if (!request.out) continue;
    const threats::Array wide = threats::array_of({o.shape.begin(), o.shape.end()}, o.numbers);
    say(text::to_json_text(ordered_json{{"file", "output_" + std::to_string(result["outputs"].size() - 1) + ".npy"}, {"bytes", threats::campaign::to_base64(threats::to_npy(wide))}}, text::JsonLayout::compact));
  }
  result["torch"] = {{"version", (*engine)->version()}, {"processor", (*engine)->processor()}};
  return result;
}

// What the process apart does: everything that touches the model.
int evaluate(const ProbeRunRequest& request, const Say& say) {
  const auto refuse = [&](const Diagnostics& errors) {
    say(text::to_json_text(ordered_json{{"refused", render(errors)}, {"lacking", errors.front().message.starts_with("not tested")}}, text::JsonLayout::compact));
    return 0;
  };
  if (request.torch) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = run_torch(request, say);
    if (!result) return refuse(result.error());
    say(text::to_json_text(ordered_json{{"result", *result}, {"seconds", std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count()}}, text::JsonLayout::compact));
    return 0;
  }
  const auto model = read_model(request.model);
  if (!model) return refuse(model.error());
  const auto inputs = inputs_of(*model, request);
  if (!inputs) return refuse(inputs.error());
  const auto start = std::chrono::steady_clock::now();
  tensor::InterpretLimits limits;
  limits.bytes = request.memory;
  const auto outputs = tensor::evaluate(*model, *inputs, limits);
  if (!outputs) return refuse(outputs.error());
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::size_t bad_inputs = 0;
  for (const auto& entry : *inputs) bad_inputs += count_not_finite(*entry.second.tensor);
  ordered_json result = {{"operators", model->operators()}, {"inputs_not_finite", bad_inputs}, {"outputs", ordered_json::array()}};
  for (std::size_t i = 0; i < outputs->size(); ++i) result["outputs"].push_back(described(model->graph.outputs[i].name, (*outputs)[i]));
  if (request.out)
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      const Datum& d = (*outputs)[i];
      if (d.kind != Datum::Kind::tensor) continue;
      for (const auto& [type, element] : types) {
        if (type != d.tensor->type) continue;
        threats::Array array{element, {d.tensor->shape.begin(), d.tensor->shape.end()}, d.tensor->bytes};
        say(text::to_json_text(ordered_json{{"file", "output_" + std::to_string(i) + ".npy"}, {"bytes", threats::campaign::to_base64(threats::to_npy(array))}}, text::JsonLayout::compact));
      }
    }
  say(text::to_json_text(ordered_json{{"result", result}, {"seconds", seconds}}, text::JsonLayout::compact));
  return 0;
}

void print(const ordered_json& result, std::ostream& out) {
  for (const ordered_json& o : result["outputs"]) {
    out << o["name"].get<std::string>() << ": ";
    if (!o.contains("type")) {
      out << o["kind"].get<std::string>() << " of " << o["parts"].size() << "\n";
      continue;
    }
    out << o["type"].get<std::string>() << " " << o["shape"].dump();
    if (o.contains("least")) out << ", from " << o["least"].dump() << " to " << o["greatest"].dump() << ", mean " << o["mean"].dump();
    if (o.value("not_finite", 0) != 0) out << ", " << o["not_finite"] << " are no finite numbers";
    out << "\n";
  }
}

}  // namespace

ExitCode probe_run(const ProbeRunRequest& request, std::ostream& out, std::ostream& err) {
  ordered_json result;
  std::string refusal;
  bool lacking = false;
  double seconds = 0;
  std::map<std::string, std::string> files;
  if (request.torch && torchscript::find_library().empty()) {
    err << render(torchscript::load_engine().error());
    return ExitCode::undecided;
  }
  const auto heard = [&](const std::string& line) {
    ordered_json j = ordered_json::parse(line, nullptr, false);
    if (!j.is_object()) return;
    if (j.contains("refused")) {
      refusal = j["refused"].get<std::string>();
      lacking = j["lacking"].get<bool>();
    } else if (j.contains("file")) {
      files[j["file"].get<std::string>()] = threats::campaign::from_base64(j["bytes"].get_ref<const std::string&>()).value_or("");
    } else if (j.contains("result")) {
      result = std::move(j["result"]);
      seconds = j["seconds"].get<double>();
    }
  };
  ConfinedLimits limits;
  limits.memory = request.memory + (std::uint64_t{2} << 30);  // what operators need beside the values
  limits.cpu_seconds = request.seconds;
  const auto end = run_confined(limits, [&](const Say& say) { return evaluate(request, say); }, heard);
  if (!end) {
    err << render(end.error());
    return ExitCode::internal;
  }
  if (!refusal.empty()) {
    err << refusal;
    if (!lacking) return ExitCode::bad_input;
    if (request.json) out << text::to_json_text(ordered_json{{"verdict", "not_tested"}, {"because", refusal}}, text::JsonLayout::pretty);
    return ExitCode::undecided;
  }
  if (result.is_null()) {
    if (end->signal == SIGXCPU || (end->signal == SIGKILL && !end->interrupted)) err << request.model.string() << ": not tested: the model takes more than " << request.seconds << " s of processor time, or memory ran out\n";
    else err << request.model.string() << ": not tested: the process that ran the model ended " << (end->signal != 0 ? "by signal " + std::to_string(end->signal) : "for want of memory") << "\n";
    return ExitCode::undecided;
  }
  if (request.out) {
    std::error_code error;  // a folder that is not there is told of by the first file
    std::filesystem::create_directories(*request.out, error);
    for (const auto& [name, bytes] : files)
      if (auto done = write_file_atomically(*request.out / name, bytes); !done) {
        err << render(done.error());
        return ExitCode::cannot_write;
      }
  }
  std::size_t not_finite = 0;
  for (const ordered_json& o : result["outputs"]) not_finite += o.value("not_finite", std::size_t{0});
  const bool finding = not_finite != 0 && result["inputs_not_finite"] == 0;
  result["verdict"] = finding ? "not_finite" : "ran";
  if (request.json) out << text::to_json_text(result, text::JsonLayout::pretty);
  else print(result, out);
  out.flush();
  if (!out) return ExitCode::cannot_write;
  err << static_cast<double>(static_cast<std::int64_t>(seconds * 1000)) / 1000 << " s\n";
  return finding ? ExitCode::finding : ExitCode::clear;
}

}  // namespace duolex::workspace
