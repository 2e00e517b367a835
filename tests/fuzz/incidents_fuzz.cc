// Records of incidents and files of clocks, on any bytes: what is read can be counted and shown.
#include <cstdint>

#include "demand.h"
#include "incidents/clocks.h"
#include "incidents/clocks_out.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto rules = incidents::read_clock_rules("c.yaml", bytes); !rules) fuzz::demand_reasons(rules.error());
  const auto record = incidents::read_record("r.yaml", bytes);
  if (!record) {
    fuzz::demand_reasons(record.error());
    return 0;
  }
  const incidents::Moment now{std::int64_t{4'000'000'000}};
  const incidents::ClockRules& rules = incidents::built_in_clock_rules();
  const auto clocks = incidents::clocks_of(*record, rules, now);
  if (!clocks) {
    fuzz::demand_reasons(clocks.error());
    return 0;
  }
  fuzz::demand(clocks->size() == rules.clocks.size(), "every clock is shown");
  for (const incidents::Clock& c : *clocks) {
    if (c.due_at && c.start) fuzz::demand(*c.due_at >= c.start->moment, "nothing is due before it starts");
  }
  const auto tensions = incidents::tensions_of(*record, rules, *clocks);
  fuzz::demand(!incidents::clocks_text(*record, rules, *clocks, tensions, now).empty(), "clocks can be shown");
  fuzz::demand(!incidents::clocks_json(*record, rules, *clocks, tensions, now).empty(), "clocks can be written");
  return 0;
}
