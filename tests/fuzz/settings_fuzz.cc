// What the program is set up with and what it meets when it fetches, of any bytes: watch.yaml, lists of sources, records of
// what was fetched, heads of HTTP.
#include <cstdint>

#include "demand.h"
#include "workspace/system/http_head.h"
#include "workspace/vulnerabilities/update_record.h"
#include "workspace/vulnerabilities/update_sources.h"
#include "workspace/watch/watch_settings.h"

using namespace duolex;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  if (const auto settings = workspace::read_watch_settings("w.yaml", bytes)) {
    fuzz::demand(settings->within_days > 0, "days are counted forwards");
    for (const workspace::AlertWay& way : settings->alerts) fuzz::demand(way.command.empty() != way.webhook.empty() && !way.name.empty(), "a way has a name and one means");
  } else {
    fuzz::demand_reasons(settings.error());
    for (const Diagnostic& d : settings.error()) fuzz::demand(d.source_line.empty(), "no line of watch.yaml is shown");
  }
  if (const auto list = workspace::read_advisory_sources("s.yaml", bytes)) {
    for (const workspace::AdvisorySource& s : *list) {
      fuzz::demand(!s.name.empty() && !s.url.empty() && s.limit > 0, "a source has name, address and limit");
      fuzz::demand(s.file.front() != '/' && s.file.find("..") != 0 && s.file.find("/..") == std::string::npos, "a file stays below the folder");
    }
  } else {
    fuzz::demand_reasons(list.error());
  }
  if (const auto record = workspace::read_update_record("advisories.record", bytes)) {
    const auto again = workspace::read_update_record("advisories.record", workspace::update_record_text(*record));
    fuzz::demand(again && again->size() == record->size(), "a record that is written is read again");
  } else {
    fuzz::demand_reasons(record.error());
  }
  workspace::HttpHeads whole, parts;
  const bool taken = whole.add(bytes);
  const bool first = parts.add(std::string_view(bytes).substr(0, size / 2));
  std::string body = parts.take_body();
  const bool second = first && parts.add(std::string_view(bytes).substr(size / 2));
  body += parts.take_body();
  fuzz::demand(!taken || second, "an answer that is taken whole is taken in parts");
  if (taken && whole.complete()) {
    fuzz::demand(whole.take_body() == body, "an answer in parts is the same answer");
    (void)whole.head().digest();
    if (const auto part = whole.head().part()) fuzz::demand(part->first < part->total, "a part has bytes");
  }
  return 0;
}
