// The names that a pickle may use without that counting as code: constructors that only hold data.
#pragma once

#include <string_view>

namespace duolex::threats::model_files {

enum class Rule {
  refused,      // not in the table: importing or calling it is running code
  data,         // constructing it with anything stores data
  encoding,     // _codecs.encode(text, one of a few text encodings)
  reconstruct,  // copyreg's helpers: the class they are given must itself be allowed
  bytes_inside  // unpickles the bytes it is given: these are looked at
};

[[nodiscard]] Rule rule_for(std::string_view module, std::string_view name);

// The text encodings for which Rule::encoding holds.
[[nodiscard]] bool harmless_encoding(std::string_view name);

}  // namespace duolex::threats::model_files
