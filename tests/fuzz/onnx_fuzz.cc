// ONNX models of any bytes: what is taken compiles within small limits or says why, and runs without a fault.
#include <cstdint>

#include "demand.h"
#include "tensor/network.h"
#include "tensor/onnx.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = tensor::read_onnx("f.onnx", std::string_view(reinterpret_cast<const char*>(data), size));
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
  return 0;
}
