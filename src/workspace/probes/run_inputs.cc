#include "workspace/probes/run_inputs.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "base/file.h"
#include "tensor/random.h"

namespace duolex::workspace {
namespace {

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

}  // namespace

std::optional<double> number_in(const std::string& text) {
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(v) : std::nullopt;
}

namespace {

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

}  // namespace

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

std::optional<threats::Array> array_of(const Tensor& t) {
  for (const auto& [type, element] : types)
    if (type == t.type) return threats::Array{element, {t.shape.begin(), t.shape.end()}, t.bytes};
  return std::nullopt;
}

Result<std::string> bytes_of_file(const std::string& path, const ReadFiles& read) {
  if (const auto found = read.find(path); found != read.end()) return found->second;
  return read_file(path);
}

namespace {

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

Result<Datum> from_file(const std::string& path, const ReadFiles& read) {
  const auto bytes = bytes_of_file(path, read);
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

}  // namespace

Result<std::map<std::string, Datum>> inputs_of(const tensor::Model& model, Given given, const std::vector<std::string>& dimensions, std::uint64_t seed, std::uint64_t memory, const ReadFiles& read) {
  const auto& declared = model.graph.inputs;
  const auto sizes = pairs(dimensions, "", "SIZE");
  if (!sizes) return tl::unexpected(sizes.error());
  Given unused = *sizes;
  std::map<std::string, Datum> inputs;
  std::uint64_t stream = 0;
  for (const tensor::ValueInfo& v : declared) {
    ++stream;
    const auto found = given.find(v.name);
    const auto constant = found == given.end() ? std::nullopt : number_in(found->second);
    if (found != given.end() && !constant) {
      auto value = from_file(found->second, read);
      if (!value) return tl::unexpected(value.error());
      inputs.insert_or_assign(v.name, std::move(*value));
      given.erase(found);
      continue;
    }
    if (v.kind != tensor::ValueKind::tensor || v.type == Type::undefined || v.type == Type::string || !v.has_shape)
      return failure(error_in(model.file, "not tested: the input '" + v.name + "' has to be given and is no tensor of numbers"));
    auto shape = closed(v, unused, *sizes);
    if (!shape) return tl::unexpected(shape.error());
    if (!tensor::element_count(*shape, memory / 8)) return failure(error_in(model.file, "an input of shape " + tensor::to_string(*shape) + " is too large"));
    Tensor t = tensor::zeros(v.type, *shape);
    if (constant) {
      set_all(t, *constant);
      given.erase(found);
    } else if (v.type == Type::f32 || v.type == Type::f64) {
      const tensor::Random random(seed, stream);
      for (std::size_t i = 0; i < t.elements(); ++i)
        if (v.type == Type::f32) t.as<float>()[i] = static_cast<float>(random.uniform(i));
        else t.as<double>()[i] = random.uniform(i);
    }
    inputs.insert_or_assign(v.name, tensor::datum(std::move(t)));
  }
  if (!given.empty()) return failure(error_in(model.file, "the model has no input '" + given.begin()->first + "'"));
  if (!unused.empty()) return failure(error_in(model.file, "no input has a dimension '" + unused.begin()->first + "'"));
  return inputs;
}

}  // namespace duolex::workspace
