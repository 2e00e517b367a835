// `duolex advisories …`: the index of known vulnerabilities, and the orders of versions it rests on.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "base/exit_code.h"

namespace duolex::workspace {

struct OrderRequest {
  std::string ecosystem;  // or a scheme
};
// Lines "A < B", "A = B", "A > B" from `in`; prints those that do not hold or cannot be read and, last, how many
// were which. Exit: 0 all held, 1 some did not, 2 none failed but some could not be read, 64 no such ecosystem.
[[nodiscard]] ExitCode advisories_order(const OrderRequest& request, std::istream& in, std::ostream& out, std::ostream& err);

struct BuildRequest {
  std::vector<std::string> sources;  // folders, files, archives
  std::string index;
  std::string now;                   // the time for the journal, UTC
  bool delta = false;                // what the sources change, as a delta beside the index
  bool json = false;
};
// Writes the index, or a delta to it, in one step, and into FILE.journal, before, which records are new, changed or
// gone since the state that was there. Of several that write to one index, one at a time does. Deltas that belong to no
// index any more are removed; where there are many, the index and they are made into one. Exit: 0; 65 a source cannot
// be read (nothing is written) or some of its records cannot (the index holds the others); 73.
[[nodiscard]] ExitCode advisories_build(const BuildRequest& request, std::ostream& out, std::ostream& err);

struct UpdateRequest {
  std::string folder;             // where the files are kept
  std::string sources;            // a list in place of the one that comes with the program
  std::string mirror;             // a folder, or an address, that has the files under the list's names
  std::vector<std::string> only;  // these sources of the list
  std::string index;              // built from the files afterwards
  std::string now;
  bool json = false;
};
// Fetches what changed of each source, and leaves the file before or the whole new one, whatever ends it. The one command
// besides webhooks that goes to the network. Exit: 0; 65 a source could not be fetched or is not what its publisher says
// (the file before stays); 73; and as for a build. The index is left alone while of a chosen source there is no copy.
[[nodiscard]] ExitCode advisories_update(const UpdateRequest& request, std::ostream& out, std::ostream& err);
// The list of sources that comes with the program.
[[nodiscard]] ExitCode advisories_sources(std::ostream& out);

struct InfoRequest {
  std::string index;
  std::string record;  // an id: what the index keeps of it
  bool journal = false;  // since when the index has had it
  bool json = false;
};
// Checks every byte of the index against its checksums. Exit: 0; 65 damaged, or no such record, or no journal.
[[nodiscard]] ExitCode advisories_info(const InfoRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
