// `duolex scan --record`: a scan whose result becomes evidence. Apart from scan.h, which needs neither ledger nor law.
#pragma once

#include <iosfwd>

#include "workspace/evidence/recording.h"
#include "workspace/vulnerabilities/scan.h"

namespace duolex::workspace {

// Exit: as `scan`; besides, 65 a dossier or key that cannot be read, 73 a ledger that cannot be written.
[[nodiscard]] ExitCode recorded_scan(ScanRequest request, const Recording& recording, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
