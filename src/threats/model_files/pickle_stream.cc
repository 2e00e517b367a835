#include <algorithm>
#include <cstring>

#include "threats/model_files/pickle_machine.h"
#include "threats/model_files/readers.h"

namespace duolex::threats::model_files {
namespace {

constexpr const char* torch_magic = "119547037146038801333356";
constexpr std::size_t most_pickles = 10'000;
constexpr std::size_t most_tries = 4'096;       // of hidden pickles in one place
constexpr std::size_t most_hidden_steps = 20'000;

// Whether what the machine met can be relied upon where nothing promises a pickle: a call by names that Python could
// have. Lines of a word list read as an import now and then, random bytes never as a call.
bool beyond_doubt(const PickleRun& run, bool framed) {
  return std::any_of(run.findings.begin(), run.findings.end(), [&](const PickleFinding& f) { return f.plausible && (f.called || framed); });
}

void tell(Scan& scan, const PickleRun& run, bool hidden) {
  for (const PickleFinding& f : run.findings)
    scan.found(hidden ? Verdict::suspicious : f.verdict, hidden ? "holds a pickle that " + f.what : f.what, f.offset, f.call);
}

PickleOptions options_of(const Scan& scan) {
  PickleOptions options;
  options.torch_script = scan.torch_script;
  options.steps = scan.steps_left();
  return options;
}

void look_at_constants(Scan& scan, const PickleRun& run) {
  for (const PickleConstant& c : run.constants) {
    if (c.loaded) {
      scan.inside("bytes at " + std::to_string(c.offset) + ".pkl", c.bytes);
    } else {
      scan_payload(scan, c.bytes, c.offset, 4);
    }
  }
}

}  // namespace

bool scan_pickles(Scan& scan, std::string_view bytes, std::size_t at, Promise promise) {
  const std::size_t begin = at;
  std::size_t pickles = 0, legacy_left = 0;
  bool legacy = false;
  while (at < bytes.size() && pickles < most_pickles) {
    const bool framed = bytes[at] == '\x80';
    PickleMachine machine(bytes, options_of(scan));
    const PickleRun run = machine.run(at);
    scan.stepped(run.steps);
    const bool sure = promise == Promise::by_name && pickles == 0 ? !run.findings.empty() : beyond_doubt(run, framed);
    if (!run.stopped) {
      if (sure) {
        tell(scan, run, false);
        look_at_constants(scan, run);
        scan.not_checked("the pickle at byte " + std::to_string(run.begin) + " breaks off at byte " + std::to_string(run.end) + " (" + run.error +
                         "); what it does before that counts");
        ++pickles;
      } else if (pickles == 0 && promise == Promise::by_name) {
        scan.found(Verdict::unreadable, "is no pickle: " + run.error, run.end);
      } else if (pickles == 0) {
        return false;
      }
      // What follows may still be read by a program that looks for it.
      find_hidden_pickles(scan, bytes, std::max(at + 1, run.end), bytes.size());
      break;
    }
    // A short text that happens to end in STOP is no pickle.
    if (pickles == 0 && promise == Promise::none && !sure && !(framed && run.steps > 2)) return false;
    if (sure || promise == Promise::by_name || framed) {
      tell(scan, run, false);
      look_at_constants(scan, run);
    } else if (pickles > 0 && run.steps < 3) {
      scan.not_checked(std::to_string(bytes.size() - at) + " bytes after the last pickle");
      break;
    }
    ++pickles;
    at = run.end;
    if (legacy && --legacy_left == 0) {
      // Storages: a count of elements, then their bytes, which PyTorch does not interpret.
      find_hidden_pickles(scan, bytes, at, bytes.size());
      break;
    }
    if (pickles == 1 && run.integer == torch_magic) {
      legacy = true;
      legacy_left = 4;  // version, system, the object, the keys of its storages
    }
  }
  if (pickles >= most_pickles) scan.found(Verdict::unreadable, "holds more than " + std::to_string(most_pickles) + " pickles", at);
  if (begin == 0) scan.kind(legacy ? "PyTorch (legacy)" : "pickle");
  return pickles > 0;
}

void find_hidden_pickles(Scan& scan, std::string_view bytes, std::size_t from, std::size_t to) {
  std::size_t tries = 0;
  to = std::min(to, bytes.size());
  for (std::size_t at = from; at + 4 < to;) {
    const void* const next = std::memchr(bytes.data() + at, 0x80, to - at - 1);
    if (next == nullptr) return;
    at = static_cast<std::size_t>(static_cast<const char*>(next) - bytes.data());
    const auto protocol = static_cast<unsigned char>(bytes[at + 1]);
    if (protocol < 2 || protocol > 5) {
      ++at;
      continue;
    }
    if (++tries > most_tries || scan.steps_left() == 0) {
      scan.not_checked("pickles hidden after byte " + std::to_string(at));
      return;
    }
    PickleOptions options = options_of(scan);
    options.steps = std::min(options.steps, most_hidden_steps);
    PickleMachine machine(bytes.substr(0, to), options);
    const PickleRun run = machine.run(at);
    scan.stepped(run.steps);
    const bool sure = beyond_doubt(run, true);
    if (sure) tell(scan, run, true);
    at = sure && run.stopped ? run.end : at + 2;
  }
}

}  // namespace duolex::threats::model_files
