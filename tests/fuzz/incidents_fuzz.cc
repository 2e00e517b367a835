// Records of incidents and the files beside them, on any bytes: what is read can be counted, shown and reported.
#include <cstdint>

#include "demand.h"
#include "incidents/clocks.h"
#include "incidents/clocks_out.h"
#include "incidents/notice.h"
#include "incidents/platform.h"
#include "incidents/support.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto rules = incidents::read_clock_rules("c.yaml", bytes); !rules) fuzz::demand_reasons(rules.error());
  if (const auto forms = incidents::read_platform("p.yaml", bytes); !forms) fuzz::demand_reasons(forms.error());
  if (const auto kept = incidents::read_retention("k.yaml", bytes); !kept) fuzz::demand_reasons(kept.error());
  if (const auto support = incidents::read_support("s.yaml", bytes)) {
    (void)incidents::endings_json(incidents::endings_of({{"1.0", Day{20000}, Day{22000}}}, *support, incidents::built_in_retention()), Day{21000});
  } else {
    fuzz::demand_reasons(support.error());
  }
  const auto disclosure = incidents::read_disclosure("d.yaml", bytes);
  if (disclosure) {
    (void)incidents::security_txt(*disclosure);
    fuzz::demand(!incidents::policy_html(*disclosure, "p").empty(), "a policy can be written");
  } else {
    fuzz::demand_reasons(disclosure.error());
  }
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
  const incidents::ProductWords product{"m", "p", {"DE"}};
  if (const auto pack = incidents::pack_of(*record, incidents::built_in_platform(), product, "final_report")) {
    fuzz::demand(!incidents::pack_json(*record, incidents::built_in_platform(), *pack).empty(), "a pack can be written");
  }
  incidents::Disclosure publisher;
  publisher.organisation = "o";
  publisher.website = "https://example.org";
  (void)incidents::user_notice(*record, publisher, product, now, "1");
  return 0;
}
