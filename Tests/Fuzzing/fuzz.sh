#!/usr/bin/env bash
# Coverage-guided fuzzing of what the router reads from strangers, under the address sanitizer.
#
#     Tests/Fuzzing/fuzz.sh [SECONDS] [TARGET...]      targets: request response chunks preamble http2
#
# Starts from corpus/TARGET; what it finds on the way is kept in .build/fuzzing/corpus. An input that fails is kept in
# .build/fuzzing and named at the end; the exit status is then not 0.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
seconds=${1:-60}
shift || true
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=(request response chunks preamble http2)
out=$PWD/.build/fuzzing
mkdir -p "$out"

build() { # TARGET
    local condition sources=(Tests/Fuzzing/*.swift) libraries=()
    condition=$(tr '[:lower:]' '[:upper:]' <<<"$1")
    if [ "$1" = http2 ]; then
        sources+=(Sources/HTTPSecure/HTTP2/*.swift)
        libraries=(-I Sources/C/CNGHTTP2 -lnghttp2)
    else
        sources+=(Sources/HTTP/Parsing/*.swift)
    fi
    "${SWIFT:-swift}c" -O -parse-as-library -swift-version 6 -package-name paas -module-name Fuzzing \
        -enable-upcoming-feature InternalImportsByDefault -D "$condition" -sanitize=fuzzer,address \
        "${sources[@]}" "${libraries[@]}" -o "$out/$1" >"$out/$1.log" 2>&1 || {
        cat "$out/$1.log" >&2
        exit 1
    }
}

for target in "${targets[@]}"; do
    echo "== $target, $seconds s"
    build "$target"
    mkdir -p "$out/corpus/$target"
    ASAN_OPTIONS=detect_leaks=0 "$out/$target" -max_total_time="$seconds" -max_len=8192 -timeout=10 \
        -artifact_prefix="$out/$target-" -print_final_stats=1 \
        "$out/corpus/$target" "Tests/Fuzzing/corpus/$target" >"$out/$target.log" 2>&1 || {
        tail -40 "$out/$target.log"
        echo "An input of $target failed: see $out/$target-*" >&2
        exit 1
    }
    grep -E 'cov:' "$out/$target.log" | tail -1
    grep -E 'stat::number_of_executed_units' "$out/$target.log"
done
