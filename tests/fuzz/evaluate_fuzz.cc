// Models of any bytes, run node by node on ones: within small limits they end with values or with a reason.
#include <cstdint>

#include "demand.h"
#include "tensor/evaluate.h"

using namespace duolex;
using namespace duolex::tensor;

namespace {

Datum ones(const ValueInfo& v) {
  Shape shape = v.shape;
  for (std::int64_t& d : shape) d = d < 0 || d > 4 ? 2 : d;
  if (shape.size() > 6) shape.resize(6);
  Tensor t = zeros(v.type == Type::undefined ? Type::f32 : v.type, shape);
  if (t.type == Type::f32)
    for (std::size_t i = 0; i < t.elements(); ++i) t.as<float>()[i] = 1;
  return datum(std::move(t));
}

void demand_whole(const Datum& d) {
  if (d.kind != Datum::Kind::tensor) {
    for (const Datum& part : d.parts) demand_whole(part);
    return;
  }
  const auto n = element_count(d.tensor->shape);
  fuzz::demand(n && *n == d.tensor->elements(), "a tensor holds as many elements as its shape says");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = read_onnx("f.onnx", std::string_view(reinterpret_cast<const char*>(data), size));
  if (!model) return 0;
  std::map<std::string, Datum> inputs;
  for (const ValueInfo& v : model->graph.inputs) inputs.insert_or_assign(v.name, ones(v));
  InterpretLimits limits;
  limits.bytes = 4U << 20;
  limits.numbers = 1U << 16;
  limits.operations = 2'000'000;
  const auto outputs = evaluate(*model, inputs, limits);
  if (!outputs) {
    fuzz::demand_reasons(outputs.error());
    return 0;
  }
  for (const Datum& d : *outputs) demand_whole(d);
  return 0;
}
