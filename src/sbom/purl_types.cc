#include "sbom/purl_types.h"

#include <algorithm>
#include <array>

namespace duolex::sbom {
namespace {

using enum Asked;

// Sorted by type. Where the specification's own tests and its prose differ (git folds the case of the host's
// path, golang does not fold), the tests decide: they are what other programs are held to.
constexpr std::array types = {
    PurlType{"alpm", required, true, true, false, "", OwnForm::none},
    PurlType{"apk", required, true, true, false, "", OwnForm::none},
    PurlType{"bazel", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"bitbucket", required, true, true, false, "", OwnForm::none},
    PurlType{"bitnami", prohibited, false, true, false, "", OwnForm::none},
    PurlType{"brew", optional, true, true, false, "", OwnForm::none},
    PurlType{"cargo", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"chrome-extension", prohibited, false, true, false, "", OwnForm::none},
    PurlType{"cocoapods", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"composer", required, true, true, false, "", OwnForm::none},
    PurlType{"conan", optional, false, false, false, "", OwnForm::none},
    PurlType{"conda", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"cpan", optional, false, false, false, "", OwnForm::cpan},
    PurlType{"cran", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"deb", required, true, true, false, "", OwnForm::none},
    PurlType{"docker", optional, false, false, false, "", OwnForm::none},
    PurlType{"gem", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"generic", optional, false, false, false, "", OwnForm::none},
    PurlType{"git", required, true, true, false, "", OwnForm::git},
    PurlType{"github", required, true, true, false, "", OwnForm::none},
    PurlType{"golang", required, false, false, false, "", OwnForm::none},
    PurlType{"hackage", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"hex", optional, true, true, false, "", OwnForm::none},
    PurlType{"huggingface", required, false, false, true, "", OwnForm::none},
    PurlType{"julia", prohibited, false, false, false, "uuid", OwnForm::none},
    PurlType{"luarocks", optional, true, true, false, "", OwnForm::none},
    PurlType{"maven", required, false, false, false, "", OwnForm::none},
    PurlType{"mlflow", prohibited, false, false, false, "", OwnForm::mlflow},
    PurlType{"npm", optional, false, false, false, "", OwnForm::none},
    PurlType{"nuget", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"oci", prohibited, false, true, true, "", OwnForm::none},
    PurlType{"opam", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"otp", prohibited, false, true, false, "", OwnForm::none},
    PurlType{"pub", prohibited, false, true, false, "", OwnForm::pub},
    PurlType{"pypi", prohibited, false, true, true, "", OwnForm::pypi},
    PurlType{"qpkg", required, true, false, false, "", OwnForm::none},
    PurlType{"rpm", required, true, false, false, "", OwnForm::none},
    PurlType{"swid", optional, false, false, false, "tag_id", OwnForm::none},
    PurlType{"swift", required, false, false, false, "", OwnForm::none},
    PurlType{"vcpkg", prohibited, false, false, false, "", OwnForm::none},
    PurlType{"vscode-extension", required, true, true, true, "", OwnForm::none},
    PurlType{"yocto", optional, true, false, false, "", OwnForm::none},
};

static_assert(std::is_sorted(types.begin(), types.end(),
                             [](const PurlType& a, const PurlType& b) { return a.type < b.type; }));

}  // namespace

const PurlType* find_purl_type(std::string_view type) {
  const auto at = std::lower_bound(types.begin(), types.end(), type,
                                   [](const PurlType& t, std::string_view wanted) { return t.type < wanted; });
  return at != types.end() && at->type == type ? &*at : nullptr;
}

}  // namespace duolex::sbom
