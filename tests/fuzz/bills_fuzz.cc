// Software bills of materials of any bytes: what is met is stored or rejected with a reason.
#include <cstdint>

#include "demand.h"
#include "sbom/sbom.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)sbom::parse_purl(bytes);
  const auto bill = sbom::read_cyclonedx_json("f.json", bytes);
  if (!bill) {
    fuzz::demand_reasons(bill.error());
    return 0;
  }
  fuzz::demand(bill->parsed == bill->components.size() + bill->rejected_components, "no component is lost");
  fuzz::demand(bill->rejected.size() >= bill->rejected_components, "a rejected component has a reason");
  for (const sbom::Component& c : bill->components)
    fuzz::demand(c.parent == sbom::no_component || c.parent < bill->components.size(), "parents exist");
  for (const sbom::Dependency& d : bill->dependencies)
    fuzz::demand(d.from < bill->components.size() && d.on < bill->components.size(), "dependencies exist");
  return 0;
}
