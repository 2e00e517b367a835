// What the law and its proofs say, as sentences that a catalogue translates.
#pragma once

#include "documents/said.h"
#include "findings/findings.h"
#include "plan/route.h"
#include "plan/steps.h"

namespace duolex::documents {

// A word of the vocabulary in words. Numbers, days and points of annexes (1a) are the same in every language.
[[nodiscard]] Said word_said(const std::string& word);
// A value as text: "yes", "{module_a, module_h}", "2027-12-11", "unknown".
[[nodiscard]] Said text_said(const std::string& value);
[[nodiscard]] Said value_said(const findings::Value& value);
[[nodiscard]] Said finding_said(const findings::Finding& finding);
[[nodiscard]] Said binds_said(const std::string& binds);  // "manufacturer, importer"; in a list
[[nodiscard]] Said answers_said(const rules::Type& type);  // "one of: …": how a question may be answered
[[nodiscard]] Said words_said(const plan::StepWords& words);  // "Class: important, class I"
[[nodiscard]] Said detail_said(const plan::StepWords& words);  // "cra.class, clause 2, law/cra/22-classes.law:41"
[[nodiscard]] std::vector<Said> route_said(const findings::Findings& found);  // a sentence each

}  // namespace duolex::documents
