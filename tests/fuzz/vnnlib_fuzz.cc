// VNN-LIB of any bytes: what is taken has one bound for each input and names only variables that are declared.
#include <cstdint>

#include "demand.h"
#include "tensor/bounds/property.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto property = tensor::bounds::read_vnnlib("f.vnnlib", std::string(reinterpret_cast<const char*>(data), size),
                                                    {.bytes = 1 << 16, .depth = 64, .variables = 1000, .numbers = 100'000});
  if (!property) {
    fuzz::demand_reasons(property.error());
    return 0;
  }
  for (const tensor::bounds::Case& c : property->cases) {
    fuzz::demand(c.lower.size() == property->inputs && c.upper.size() == property->inputs, "each input has its bounds");
    for (const tensor::bounds::Halfspace& h : c.outputs)
      for (const auto& [index, factor] : h.terms) fuzz::demand(index < property->outputs, "a term is about an output that is declared");
  }
  return 0;
}
