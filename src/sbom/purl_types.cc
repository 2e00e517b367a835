#include "sbom/purl_types.h"

#include <algorithm>
#include <array>

namespace duolex::sbom {
namespace {

using enum Asked;

// Sorted by type. Where the specification's own tests and its prose differ (git folds the case of the host's
// path, golang does not fold), the tests decide: they are what other programs are held to.
constexpr std::array types = {
    PurlType{"alpm", required, true, true, false, ""},
    PurlType{"apk", required, true, true, false, ""},
    PurlType{"bazel", prohibited, false, false, false, ""},
    PurlType{"bitbucket", required, true, true, false, ""},
    PurlType{"bitnami", prohibited, false, true, false, ""},
    PurlType{"brew", optional, true, true, false, ""},
    PurlType{"cargo", prohibited, false, false, false, ""},
    PurlType{"chrome-extension", prohibited, false, true, false, ""},
    PurlType{"cocoapods", prohibited, false, false, false, ""},
    PurlType{"composer", required, true, true, false, ""},
    PurlType{"conan", optional, false, false, false, ""},
    PurlType{"conda", prohibited, false, false, false, ""},
    PurlType{"cpan", optional, false, false, false, ""},
    PurlType{"cran", prohibited, false, false, false, ""},
    PurlType{"deb", required, true, true, false, ""},
    PurlType{"docker", optional, false, false, false, ""},
    PurlType{"gem", prohibited, false, false, false, ""},
    PurlType{"generic", optional, false, false, false, ""},
    PurlType{"git", required, true, true, false, ""},
    PurlType{"github", required, true, true, false, ""},
    PurlType{"golang", required, false, false, false, ""},
    PurlType{"hackage", prohibited, false, false, false, ""},
    PurlType{"hex", optional, true, true, false, ""},
    PurlType{"huggingface", required, false, false, true, ""},
    PurlType{"julia", prohibited, false, false, false, "uuid"},
    PurlType{"luarocks", optional, true, true, false, ""},
    PurlType{"maven", required, false, false, false, ""},
    PurlType{"mlflow", prohibited, false, false, false, ""},
    PurlType{"npm", optional, false, false, false, ""},
    PurlType{"nuget", prohibited, false, false, false, ""},
    PurlType{"oci", prohibited, false, true, true, ""},
    PurlType{"opam", prohibited, false, false, false, ""},
    PurlType{"otp", prohibited, false, true, false, ""},
    PurlType{"pub", prohibited, false, true, false, ""},
    PurlType{"pypi", prohibited, false, true, true, ""},
    PurlType{"qpkg", required, true, false, false, ""},
    PurlType{"rpm", required, true, false, false, ""},
    PurlType{"swid", optional, false, false, false, "tag_id"},
    PurlType{"swift", required, false, false, false, ""},
    PurlType{"vcpkg", prohibited, false, false, false, ""},
    PurlType{"vscode-extension", required, true, true, true, ""},
    PurlType{"yocto", optional, true, false, false, ""},
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
