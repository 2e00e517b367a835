// What happens when the program is told to stop, or a place to write is full.
#pragma once

namespace duolex::cli {

// From here on Ctrl-C, SIGTERM and a closed terminal end the program as they would (exit status 130, 143, 129 to a
// shell), but first remove what is half-written. A reader that stops reading and a limit on the size of files are
// failed writes (exit 73), not signals.
void handle_signals();

}  // namespace duolex::cli
