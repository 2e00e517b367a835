// An assessment of a change for people.
#pragma once

#include <string>

#include "base/text_style.h"
#include "changes/assessment.h"
#include "documents/html.h"
#include "documents/tongue.h"

namespace duolex::documents {

// "CRA: to be reviewed by a person. AI Act: presumed substantial."
[[nodiscard]] std::string change_sentence(const changes::Assessment& assessment, const Tongue& tongue = {});
[[nodiscard]] Said weight_said(changes::Weight weight);
[[nodiscard]] Said phrase_said(const changes::Phrase& phrase);

// In a language of the documents; what its catalogue lacks is printed in English and marked as such.
// A page of its own: no script, readable on paper.
[[nodiscard]] std::string change_html(const changes::Assessment& assessment, const Tongue& tongue = {});
// Its body, with headings from `level` (2 or 3) on: for a section of another page. Long lists are cut there at
// `most_signals`, with a sentence that says so; 0: nothing is cut.
void write_change(Html& h, const changes::Assessment& assessment, int level, std::size_t most_signals, const Tongue& tongue = {});

[[nodiscard]] std::string change_text(const changes::Assessment& assessment, const TextStyle& style, const Tongue& tongue = {});

}  // namespace duolex::documents
