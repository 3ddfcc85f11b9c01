# Every script of ci/ sources this file. It sets strict mode and the folders, and loads the functions of ci/lib/.
#
#   ROOT    the repository
#   CACHE   what is kept between runs: packages, engines, base images (FANLIGHT_CACHE, else ~/.cache/fanlight)
#   RUN     the files of this run: sockets, data, logs; created by run_folder, removed when the script ends
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
CACHE=${FANLIGHT_CACHE:-$HOME/.cache/fanlight}
mkdir -p "$CACHE"

. "$ROOT/ci/lib/run.sh"
. "$ROOT/ci/lib/debian.sh"
. "$ROOT/ci/lib/go.sh"
. "$ROOT/ci/lib/rust.sh"
. "$ROOT/ci/lib/servers.sh"
. "$ROOT/ci/lib/images.sh"
. "$ROOT/ci/lib/rig.sh"
. "$ROOT/ci/lib/frontend_image.sh"
. "$ROOT/ci/lib/fuzz.sh"
. "$ROOT/ci/lib/suite.sh"
. "$ROOT/ci/lib/linters.sh"
. "$ROOT/ci/lib/parts.sh"
. "$ROOT/ci/lib/repository.sh"
