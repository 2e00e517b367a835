// Changes to a YAML file that leave every other byte as it was: comments, order, quotes, blank lines.
#pragma once

#include "text/node.h"

namespace duolex::text {

// The way to a place: keys of mappings; an item of a list is named by its index in decimal digits.
using KeyPath = std::vector<std::string>;

// The file with `value` at `path`. What is missing on the way is added, a new key as the last of its
// mapping. What the old value held, comments inside it included, is gone. Fails when the file cannot be
// read, when the way leads through something that is no mapping or list, or when the layout at that
// place does not allow the change; the result has been read again and holds exactly the change.
[[nodiscard]] Result<std::string> set_value(const std::string& file, const std::string& bytes, const KeyPath& path,
                                            const Node& value);

// The file with `item` as the new last item of the list at `path`, which is added when it is missing.
[[nodiscard]] Result<std::string> append_item(const std::string& file, const std::string& bytes, const KeyPath& path,
                                              const Node& item);

}  // namespace duolex::text
