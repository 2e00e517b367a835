// What the exit status of the program means.
#pragma once

namespace duolex {

enum class ExitCode : int {
  clear = 0,
  finding = 1,    // a gap, a finding, a contested conclusion
  undecided = 2,  // facts are missing
  deadline = 3,
  usage = 64,
  bad_input = 65,
  internal = 70,
  cannot_write = 73,
};

}  // namespace duolex
