// Evidence of a test of a model, of any bytes: its plan, that of a run with a criterion, and the lines of its samples. What is read is written to the same.
#include <cstdint>

#include "demand.h"
#include "threats/campaign/answers.h"
#include "threats/campaign/journal.h"
#include "threats/campaign/plan.h"

using namespace duolex;
using namespace duolex::threats::campaign;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto plan = read_plan("plan.json", bytes)) {
    const std::string text = plan_text(*plan);
    const auto again = read_plan("plan.json", text);
    fuzz::demand(again && plan_text(*again) == text, "a plan that is written is read again");
  } else {
    fuzz::demand_reasons(plan.error());
  }
  if (is_answer_plan(bytes)) {
    if (const auto plan = read_answer_plan("plan.json", bytes)) {
      const std::string text = plan_text(*plan);
      const auto again = read_answer_plan("plan.json", text);
      fuzz::demand(again && plan_text(*again) == text, "a plan of a run that is written is read again");
    } else {
      fuzz::demand_reasons(plan.error());
    }
  }
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t end = std::min(bytes.find('\n', at), bytes.size());
    if (const auto sample = from_line(bytes.substr(at, end - at))) {
      fuzz::demand(sample->broken_by.empty() == (sample->example.empty() && sample->row.empty()), "what is broken has an example");
      const std::string line = to_line(*sample);
      const auto again = from_line(line.substr(0, line.size() - 1));
      fuzz::demand(again && to_line(*again) == line, "a sample that is written is read again");
    }
    at = end + 1;
  }
  return 0;
}
