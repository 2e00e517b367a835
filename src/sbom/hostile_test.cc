// Input made to be expensive is refused or read within a second of processor time and 256 MB, the input
// itself included.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sbom/sbom.h"

namespace duolex::sbom {
namespace {

constexpr std::size_t million = 1'000'000;

std::string repeated(const std::string& part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

struct Cost {
  double seconds = 0, megabytes = 0;
  bool ended = false;
};

// In a process of its own, so that its memory is its own.
template <class Make>
Cost cost(Make make) {
  const pid_t child = fork();
  if (child == 0) {
    const std::string bytes = make();
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    const auto sbom = read_sbom("h", bytes);
    const bool fine = sbom ? sbom->parsed == sbom->components.size() + sbom->rejected_components : !sbom.error().empty();
    rusage after{};
    getrusage(RUSAGE_SELF, &after);
    const auto milliseconds = [](const rusage& r) {
      return (r.ru_utime.tv_sec + r.ru_stime.tv_sec) * 1000 + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) / 1000;
    };
    const auto spent = milliseconds(after) - milliseconds(before);
    _exit(fine ? static_cast<int>(std::min<long>(spent / 10, 250)) : 255);
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  Cost out;
  out.ended = WIFEXITED(status) && WEXITSTATUS(status) != 255;
  out.seconds = WEXITSTATUS(status) / 100.0;
  out.megabytes = static_cast<double>(used.ru_maxrss) / 1024;
  return out;
}

#define EXPECT_CHEAP(...)                        \
  do {                                           \
    const Cost spent = cost([] __VA_ARGS__);     \
    EXPECT_TRUE(spent.ended);                    \
    EXPECT_LT(spent.seconds, 1.0);               \
    EXPECT_LT(spent.megabytes, 256.0);           \
  } while (false)

TEST(HostileBills, AMillionNestedObjects) {
  EXPECT_CHEAP({ return repeated("{\"components\":[", million); });
  EXPECT_CHEAP({ return "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":" + repeated("[{\"components\":", million); });
  EXPECT_CHEAP({ return repeated("[", 20 * million); });
  EXPECT_CHEAP({ return "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">" + repeated("<components>", million); });
}

TEST(HostileBills, AMillionComponentsWithOneName) {
  EXPECT_CHEAP({
    return "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[" + repeated("{\"type\":\"library\",\"name\":\"a\",\"bom-ref\":\"a\"},", million) +
           "{}]}";
  });
  EXPECT_CHEAP({
    return "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[" + repeated("{\"type\":\"library\",\"name\":\"a\",\"bom-ref\":\"a\"},", 250'000) +
           "{}]}";
  });
  EXPECT_CHEAP({ return "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><components>" + repeated("<component type=\"library\"><name>a</name></component>", million) + "</components></bom>"; });
  EXPECT_CHEAP({ return "SPDXVersion: SPDX-2.3\n" + repeated("PackageName: a\nSPDXID: a\n", million); });
  EXPECT_CHEAP({ return "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":[" + repeated("{\"name\":\"a\"},", million) + "{}]}"; });
}

TEST(HostileBills, AMillionEdgesAndWarnings) {
  EXPECT_CHEAP({
    return "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"components\":[{\"name\":\"a\",\"bom-ref\":\"a\"}],\"dependencies\":[{\"ref\":\"a\",\"dependsOn\":[" +
           repeated("\"a\",\"b\",", million) + "\"a\"]}]}";
  });
  EXPECT_CHEAP({ return "SPDXVersion: SPDX-2.3\nPackageName: a\nSPDXID: a\n" + repeated("Relationship: a DEPENDS_ON b\n", million); });
  EXPECT_CHEAP({ return "SPDXVersion: SPDX-2.3\n" + repeated("no tag\n", million); });
}

TEST(HostileBills, NumbersAndTextsWithoutEnd) {
  EXPECT_CHEAP({
    return std::string("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":9223372036854775808,\"components\":[{\"name\":\"a\",\"version\":18446744073709551616,\"hashes\":[{\"alg\":\"SHA-256\",\"content\":9223372036854775808}]}]}");
  });
  EXPECT_CHEAP({ return "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.6\",\"version\":1e" + repeated("9", 10 * million) + "}"; });
  EXPECT_CHEAP({ return "{\"bomFormat\":\"" + repeated("\\u0041", 5 * million); });
  EXPECT_CHEAP({ return repeated(" ", 30 * million) + "{"; });
  EXPECT_CHEAP({ return "SPDXVersion: SPDX-2.3\n" + repeated("PackageComment: <text>", million); });
  EXPECT_CHEAP({ return repeated(" SPDXVersion", million); });
}

TEST(HostileBills, EntitiesAndAttributes) {
  EXPECT_CHEAP({
    std::string out = "<?xml version=\"1.0\"?><!DOCTYPE bom [<!ENTITY a0 \"lol\">";
    for (int i = 1; i < 20; ++i) out += "<!ENTITY a" + std::to_string(i) + " \"" + repeated("&a" + std::to_string(i - 1) + ";", 10) + "\">";
    return out + "]><bom>&a19;</bom>";
  });
  EXPECT_CHEAP({ return std::string("<!DOCTYPE bom SYSTEM \"file:///etc/passwd\"><bom/>"); });
  EXPECT_CHEAP({
    std::string out = "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"";
    for (std::size_t i = 0; i < 200'000; ++i) out += " a" + std::to_string(i) + "=\"1\"";
    return out + "/>";
  });
  EXPECT_CHEAP({ return "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\">" + repeated("&#65;", 5 * million) + "</bom>"; });
  EXPECT_CHEAP({ return "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\"><!--" + repeated("-a", 10 * million); });
  EXPECT_CHEAP({ return "<bom xmlns=\"http://cyclonedx.org/schema/bom/1.6\" version=\"" + repeated("1 ", 10 * million) + "\"/>"; });
}

}  // namespace
}  // namespace duolex::sbom
