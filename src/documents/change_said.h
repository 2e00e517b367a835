// The sentences that the page and the text of a change share. Internal to both.
#pragma once

#include "changes/assessment.h"
#include "documents/said.h"

namespace duolex::documents {

[[nodiscard]] Said word_of(changes::Weight weight);  // in a word or two
[[nodiscard]] Said words_of_law(const std::string& sentence);
[[nodiscard]] Said files_said(const std::vector<dossier::Artefact>& files);
[[nodiscard]] Said judged_said(const dossier::ChangeJudgement& judgement);
[[nodiscard]] Said redone_said(const dossier::RedoneDuty& redone);
// Values of before and after that are longer together are left out: bytes.
inline constexpr std::size_t longest_values = 4000;

[[nodiscard]] Said signers_said(const changes::Assessment& assessment);
[[nodiscard]] Said signature_said(const changes::Signature& signature);
[[nodiscard]] Said title_said(const changes::Assessment& assessment);

}  // namespace duolex::documents
