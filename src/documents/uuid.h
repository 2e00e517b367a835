// Identifiers of what is written in other formats: the same document has the same ids. Internal to src/documents.
#pragma once

#include <string>

namespace duolex::documents {

// In the form of a version 5 UUID, from SHA-256 of what it names.
[[nodiscard]] std::string uuid_of(const std::string& name);

}  // namespace duolex::documents
