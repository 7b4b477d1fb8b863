# Run at every build: writes ${OUT} with ${VERSION} and the commit of ${SOURCE}, and leaves the file alone if nothing changed.
execute_process(
  COMMAND git -C ${SOURCE} describe --always --abbrev=12 --exclude=* --dirty
  OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
if(failed)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT [[
#include "server/build_info.h"

const char nestor::kVersion[] = "@VERSION@";
const char nestor::kSourceCommit[] = "@commit@";
]] @ONLY)
