#!/usr/bin/env bash
# Every symbol that a module exports carries the prefix of the module, and none calls what
# another calls private (`module__name`).
. "$(dirname "$0")/lint.inc.sh"
need nm

declare -A prefix=([base]=cx_ [engine]=engine_ [crm]=crm_ [proto]=proto_ [daemon]=daemon_
    [client]=cardex_ [cli]=cli_)

# The sanitizers and gcov add symbols of their own.
symbols_of() {
    nm "${@:2}" "$1" 2>/dev/null | awk 'NF >= 2 { print $NF }' |
        grep -vE '^(__odr_asan\.|__asan_|__ubsan_|__tsan_|__gcov|__sanitizer_)' | sort -u || true
}

count=0
for module in "${!prefix[@]}"; do
    archive=$(find "$CARDEX_BUILD" -maxdepth 2 -name "libcardex_$module.a" -print -quit)
    [ -n "$archive" ] || continue
    count=$((count + 1))
    own=${prefix[$module]}
    while IFS= read -r symbol; do
        case $symbol in
        "$own"*) ;;
        *) finding "$module: exports $symbol, not $own*" ;;
        esac
    done < <(symbols_of "$archive" --defined-only --extern-only)
    while IFS= read -r symbol; do
        case $symbol in
        "${own%_}__"* | __*) ;;
        cx__* | engine__* | crm__* | proto__* | daemon__* | cardex__* | cli__*)
            finding "$module: uses $symbol, which is private to another module"
            ;;
        esac
    done < <(symbols_of "$archive" --undefined-only)
done
finish "$count" archives
