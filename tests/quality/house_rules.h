// What every file of the project keeps to.
#pragma once

#include "tree.h"

namespace duolex::quality {

// No path of one machine, in any file.
Complaints check_machine_paths(const Tree& tree);
// Nothing that marks unfinished work, in sources and rules.
Complaints check_unfinished(const Tree& tree);
// The word the program never says, in anything that reaches its output.
Complaints check_verdict_words(const Tree& tree);
// No tabs where they mean something else than they show.
Complaints check_tabs(const Tree& tree);
// No source over 600 lines, no file over 1 MB, a proof checker under 1,500 lines in all.
Complaints check_sizes(const Tree& tree);
// Every source and every test is built: its name stands in a CMake file of its folder.
Complaints check_built(const Tree& tree);

}  // namespace duolex::quality
