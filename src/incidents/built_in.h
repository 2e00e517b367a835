// The files of law/incidents as they were when the program was built. Internal to src/incidents.
#pragma once

#include <string>

namespace duolex::incidents {

// "clocks.yaml"; a name that is not there is a mistake of the program.
[[nodiscard]] const std::string& built_in_file(const std::string& name);

}  // namespace duolex::incidents
