// ONNX models of any bytes: what is taken compiles within small limits or says why, and runs forwards and backwards
// without a fault. With weights in other files, the model that has them inside is the same model.
#include <cstdint>

#include "demand.h"
#include "tensor/network.h"
#include "tensor/onnx.h"

using namespace duolex;

namespace {

tensor::ExternalData beside() {
  static const std::string weights = [] {
    std::string w(256, '\0');
    for (std::size_t i = 0; i < w.size(); i += 4) w[i + 2] = '\x80', w[i + 3] = '\x3f';  // ones
    return w;
  }();
  return [](const std::string& location) -> Result<std::string_view> {
    fuzz::demand(tensor::stays_inside(location), "nothing outside of the folder is asked for");
    if (location.size() % 2 == 0) return failure(error_in(location, "is not there"));
    return std::string_view(weights);
  };
}

void same_with_weights_inside(std::string_view bytes) {
  const tensor::Limits limits{.bytes = 1 << 20, .tensor_bytes = 1 << 18};
  const auto whole = tensor::with_weights_inside("f.onnx", bytes, beside(), limits);
  const auto apart = tensor::read_onnx("f.onnx", bytes, limits, beside());
  if (!whole) {
    fuzz::demand_reasons(whole.error());
    return;
  }
  const auto together = tensor::read_onnx("f.onnx", *whole, limits);
  if (apart) fuzz::demand(together.has_value(), "what reads with its weights beside it reads with them inside");
  if (!apart || !together) return;
  fuzz::demand(apart->graph.initializers.size() == together->graph.initializers.size(), "the same initialisers");
  for (const auto& [name, tensor] : apart->graph.initializers) fuzz::demand(together->graph.initializers.at(name).bytes == tensor.bytes, "with the same numbers");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  same_with_weights_inside(bytes);
  const auto model = tensor::read_onnx("f.onnx", bytes);
  if (!model) {
    fuzz::demand_reasons(model.error());
    return 0;
  }
  const auto network = tensor::Network::compile(*model, {.frame_limit = 1 << 14, .weight_limit = 1 << 16});
  if (!network) {
    fuzz::demand_reasons(network.error());
    return 0;
  }
  fuzz::demand(network->inputs() > 0 && network->outputs() > 0, "a network has inputs and outputs");
  std::vector<float> x(network->inputs(), 0.5F), y(network->outputs()), by_x(network->inputs());
  tensor::Runner<float>(*network).gradients(x.data(), 1, y.data(), 1, [](std::size_t, const float*, float* d) { d[0] = 1; }, by_x.data());
  return 0;
}
