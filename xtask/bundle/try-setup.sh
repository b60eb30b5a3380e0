#!/usr/bin/env bash
# Tries the set-up for Windows under Wine, silently, as an administrator hands it out: installs, starts, upgrades and removes
# while the app runs. `cargo xtask bundle --windows --try` calls it with the set-up.
set -euo pipefail

local_data=$(winepath -u "$(wine cmd /c 'echo %LOCALAPPDATA%' | tr -d '\r')")
menu=$(winepath -u "$(wine cmd /c 'echo %APPDATA%' | tr -d '\r')")/Microsoft/Windows/Start\ Menu/Programs
folder="$local_data/Programs/Centrex Tray"
entry='HKCU\Software\Microsoft\Windows\CurrentVersion\Uninstall\centrex-tray'
links='HKCU\Software\Classes\centrex-tray'

fail() { echo "the set-up: $1" >&2; exit 1; }
app() { timeout 60 wine "$folder/centrex-tray.exe" "$@"; }
has() { wine reg query "$1" >/dev/null 2>&1; }
# await WHAT COMMAND...: until it succeeds.
await() {
    local what=$1 since=$SECONDS
    shift
    until "$@" >/dev/null 2>&1; do
        [ $((SECONDS - since)) -lt 60 ] || fail "$what"
        sleep 0.2
    done
}
gone() { [ ! -e "$folder" ] && ! has "$entry"; }

timeout 300 wine "$1" /S || fail "it doesn't install"
app --version
has "$entry" || fail "it isn't in the list of programs"
[ -f "$menu/Centrex Tray.lnk" ] || fail "it isn't in the start menu"

wine "$folder/centrex-trayw.exe" --hidden &
await "the app doesn't start" app status
await "links aren't registered" has "$links"

timeout 300 wine "$1" /S || fail "it doesn't upgrade while the app runs"
await "the app isn't started again after an upgrade" app status

timeout 300 wine "$folder/uninstall.exe" /S || fail "it doesn't go"
await "something is left where it was" gone
has "$links" && fail "links are still registered"
[ ! -e "$menu/Centrex Tray.lnk" ] || fail "it is still in the start menu"
echo "The set-up was installed, started, upgraded and removed under Wine."
