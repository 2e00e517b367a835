// The names under which the documents know text/plain.h.
#pragma once

#include "text/plain.h"

namespace duolex::documents {

using text::columns;
using text::escaped;
using text::plain;
using text::wrapped;

}  // namespace duolex::documents
