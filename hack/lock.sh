# Sourced by the scripts beside it: lets one process at a time do something.

# lock DIR WHAT: waits until DIR could be made, and makes it; a process that died keeps nobody out.
lock() {
  local owner told=
  mkdir -p "$(dirname "$1")"
  until mkdir "$1" 2>/dev/null; do
    owner=$(cat "$1/pid" 2>/dev/null || true)
    if [ -n "$owner" ] && ! kill -0 "$owner" 2>/dev/null; then
      rm -rf "$1"
      continue
    fi
    if [ -z "$told" ]; then
      echo "$2: another run (process ${owner:-unknown}) is at it, waiting; if there is none, delete $1" >&2
      told=1
    fi
    sleep 1
  done
  echo $$ >"$1/pid"
}
