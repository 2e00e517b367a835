// What the package URL specification says of each type: facts, as data.
#pragma once

#include <string_view>

namespace duolex::sbom {

enum class Asked { required, optional, prohibited };

// Types with a form of their own beside the case of letters.
enum class OwnForm { none, git, pypi, pub, cpan, mlflow };

struct PurlType {
  std::string_view type;
  Asked name_space;
  bool folds_namespace, folds_name, folds_version;  // to lower case (ASCII)
  std::string_view required_qualifier;              // "" for none
  OwnForm form = OwnForm::none;
};

// Null for a type that the specification does not know; such a type has no rules of its own.
[[nodiscard]] const PurlType* find_purl_type(std::string_view type);

}  // namespace duolex::sbom
