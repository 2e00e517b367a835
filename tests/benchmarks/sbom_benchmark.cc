// Reading bills of materials: time and memory. Prints one line a figure. Memory is the peak of a process that
// reads one file and nothing else, as a multiple of the file. Usage: sbom_benchmark [MEGABYTES]
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/file.h"
#include "sbom/sbom.h"
#include "sbom/validity.h"

namespace {

using namespace duolex;
using Clock = std::chrono::steady_clock;

std::string hex(std::size_t seed, std::size_t digits) {
  std::string out;
  std::uint64_t x = seed * 0x9e3779b97f4a7c15ULL + 1;
  while (out.size() < digits) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    out += "0123456789abcdef"[x >> 60];
  }
  return out;
}

// As the common programs write it: pretty, with hashes, licences, a purl and a reference.
std::string component_json(std::size_t i) {
  const std::string name = "package-" + std::to_string(i % 50'000), version = std::to_string(i % 9) + "." + std::to_string(i % 31) + "." + std::to_string(i % 7);
  const std::string purl = "pkg:npm/%40scope" + std::to_string(i % 97) + "/" + name + "@" + version;
  return "    {\n      \"type\": \"library\",\n      \"bom-ref\": \"" + purl + "#" + std::to_string(i) + "\",\n      \"group\": \"@scope" + std::to_string(i % 97) +
         "\",\n      \"name\": \"" + name + "\",\n      \"version\": \"" + version + "\",\n      \"description\": \"Does one thing and does it on " + std::to_string(i) +
         " platforms\",\n      \"scope\": \"required\",\n      \"hashes\": [\n        {\n          \"alg\": \"SHA-512\",\n          \"content\": \"" + hex(i, 128) +
         "\"\n        }\n      ],\n      \"licenses\": [\n        {\n          \"license\": {\n            \"id\": \"MIT\"\n          }\n        }\n      ],\n      \"purl\": \"" + purl + "\"\n    }";
}

std::string bill_json(std::size_t components, std::size_t bytes) {
  std::string out = "{\n  \"bomFormat\": \"CycloneDX\",\n  \"specVersion\": \"1.5\",\n  \"version\": 1,\n  \"components\": [\n";
  std::size_t i = 0;
  for (; components != 0 ? i < components : out.size() < bytes; ++i) out += (i == 0 ? "" : ",\n") + component_json(i);
  return out + "\n  ]\n}\n";
}

std::string bill_xml(std::size_t bytes) {
  std::string out = "<?xml version=\"1.0\"?>\n<bom xmlns=\"http://cyclonedx.org/schema/bom/1.5\" version=\"1\">\n  <components>\n";
  for (std::size_t i = 0; out.size() < bytes; ++i) {
    const std::string name = "package-" + std::to_string(i % 50'000);
    const std::string purl = "pkg:npm/" + name + "@1." + std::to_string(i % 9);
    out += "    <component type=\"library\" bom-ref=\"" + purl + "#" + std::to_string(i) + "\">\n      <name>" + name + "</name>\n      <version>1." + std::to_string(i % 9) +
           "</version>\n      <description>Does one thing &amp; does it on " + std::to_string(i) + " platforms</description>\n      <hashes>\n        <hash alg=\"SHA-512\">" + hex(i, 128) +
           "</hash>\n      </hashes>\n      <licenses>\n        <license>\n          <id>MIT</id>\n        </license>\n      </licenses>\n      <purl>" + purl + "</purl>\n    </component>\n";
  }
  return out + "  </components>\n</bom>\n";
}

void one_thousand() {
  const std::string bytes = bill_json(1000, 0);
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    const auto begin = Clock::now();
    const auto sbom = sbom::read_sbom("b", bytes);
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
    if (!sbom || sbom->components.size() != 1000) std::abort();
  }
  std::nth_element(times.begin(), times.begin() + 100, times.end());
  std::printf("read 1,000 components, %zu kB of JSON: median %.2f ms\n", bytes.size() / 1000, times[100]);
}

void large(const char* what, const std::string& bytes, bool validity) {
  const std::string path = "/tmp/duolex-sbom-benchmark-" + std::to_string(getpid());
  if (!write_file_atomically(path, bytes)) std::abort();
  const double size = static_cast<double>(bytes.size());
  int ends[2];
  if (pipe(ends) != 0) std::abort();
  std::fflush(stdout);
  // A fresh program: a forked child would count its parent's memory.
  const pid_t child = fork();
  if (child == 0) {
    execl("/proc/self/exe", "sbom_benchmark", validity ? "--check" : "--read", path.c_str(), static_cast<char*>(nullptr));
    _exit(70);
  }
  int status = 0;
  rusage used{};
  wait4(child, &status, 0, &used);
  unlink(path.c_str());
  const double seconds = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
  std::printf("%s, %.0f MB: %.2f s of processor time, memory %.2f times the file%s\n", what, size / 1e6, seconds,
              static_cast<double>(used.ru_maxrss) * 1024 / size, WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : ", FAILED");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3) {
    const auto bytes = read_file(argv[2]);
    if (!bytes) return 65;
    if (std::string(argv[1]) == "--check") return sbom::check_cyclonedx("b", *bytes) ? 0 : 65;
    const auto sbom = sbom::read_sbom("b", *bytes);
    return sbom && sbom->rejected_components == 0 && !sbom->components.empty() ? 0 : 65;
  }
  const std::size_t megabytes = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100;
  one_thousand();
  large("read CycloneDX JSON", bill_json(0, megabytes * 1'000'000), false);
  large("read CycloneDX XML", bill_xml(megabytes * 1'000'000), false);
  large("check CycloneDX JSON", bill_json(0, megabytes * 1'000'000), true);
  large("check CycloneDX XML", bill_xml(megabytes * 1'000'000), true);
  return 0;
}
