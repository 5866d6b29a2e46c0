#!/usr/bin/env bash
# The tables of docs/ say what the lists in the headers say, every limit of these headers is
# documented with its value, and every link leads somewhere: see docs.py.
. "$(dirname "$0")/lint.inc.sh"
need cc
need python3

limits=(proto/limits.h engine/answers.h engine/changes.h engine/schema.h engine/record.h engine/query.h
    engine/query/filter.h engine/summary.h
    engine/query/candidate.h engine/query/plan.h engine/analyze.h engine/aggregate.h
    engine/evolve.h engine/search.h engine/search/leg.h engine/token/token.h
    engine/token/segment.h engine/token/number.h engine/store/store.h
    engine/store/lookaside.h client/cli/import/source.h daemon/server.h crm/report.h
    crm/runs.h crm/operations.h)

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
sed -nE 's/^(\t|enum \{ )([A-Z_]+_(MAX|DEFAULT|BYTES|MS)) =.*/LIMIT(\2)/p' "${limits[@]}" >"$folder/limits.inc"
printf '#include "%s"\n' "${limits[@]}" >"$folder/headers.inc"
cc -std=gnu11 -I. -include "$folder/headers.inc" -DLIMITS="\"$folder/limits.inc\"" \
    -o "$folder/lists" "$here/docs_lists.c"
"$folder/lists" >"$folder/rows"
python3 "$here/docs.py" "$folder/rows"
