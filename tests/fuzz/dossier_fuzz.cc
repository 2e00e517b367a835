// A dossier of any bytes: all mistakes with places, and facts of what could be read.
#include <unistd.h>

#include <cstdint>
#include <fstream>

#include "demand.h"
#include "facts/from_dossier.h"
#include "law/law.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto law = law::load();
  fuzz::demand(law.has_value(), "the law can be read");
  static const std::filesystem::path folder = [] {
    const auto path = std::filesystem::temp_directory_path() / ("duolex-fuzz-" + std::to_string(::getpid()));
    std::filesystem::create_directories(path);
    std::atexit([] {
      std::error_code no_throw;
      std::filesystem::remove_all(std::filesystem::temp_directory_path() / ("duolex-fuzz-" + std::to_string(::getpid())), no_throw);
    });
    return path;
  }();
  std::ofstream(folder / "duolex.yaml", std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  dossier::Loaded loaded = dossier::load(folder);
  if (!loaded.errors.empty()) fuzz::demand_reasons(loaded.errors);
  Diagnostics errors;
  const auto facts = facts::from_dossier(loaded.dossier, (*law)->base, errors);
  fuzz::demand(facts.values.size() == (*law)->base.facts.size(), "every fact has a place");
  (void)facts::facts_sha256((*law)->base, facts.values);
  return 0;
}
