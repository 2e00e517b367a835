// Sentences that come whole, in English, from a result of a test or from a record of the ledger, and what in them is
// data. A record stays as it was signed; a page in another language says the same sentence where a pattern fits it.
#pragma once

#include <string>
#include <vector>

#include "documents/said.h"

namespace duolex::documents {

// The patterns. A name that is one letter, or low, high or size, stands for figures alone; {what} and {why} for another
// sentence, which is taken apart in turn; {list} for several with commas between; {id} and {member} for a word without
// a space, {rule} for an identifier of the law; every other name for data.
[[nodiscard]] const std::vector<std::string>& told_patterns();

// A phrase of the pattern that fits the whole text; told(text) when none does. Of several the one with most text of its
// own. Linear in the length of the text.
[[nodiscard]] Said pattern_of(const std::string& text);

}  // namespace duolex::documents
