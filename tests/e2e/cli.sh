#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The tool as a user meets it: every command but import (sample.sh, real_data.sh), every format,
# every exit code.
. "$(dirname "$0")/e2e.inc.sh"

# Without a server.
cardex version
assert_contains "$out" 'cardex '
cardex --version
cardex help
for name in ping get query count aggregate search changes history create update upsert delete undelete purge import export schema \
	check stats shell help version; do
	assert_contains "$out" "  $name"
	cardex help "$name"
	assert_contains "$out" "cardex $name"
	cardex help
done
cardex --help
cardex_ends 2 help nothing
cardex_ends 2
cardex_ends 2 nothing
assert_contains "$errors" 'there is no command "nothing"'
cardex_ends 2 --nothing ping
cardex_ends 2 --format xml ping
cardex_ends 4 ping
assert_contains "$errors" 'cardex: DISCONNECTED: '
cardex_ends 4 --uri cardex+unix:///nowhere/socket count customer
cardex_ends 4 --uri nonsense ping

daemon_start
cardex ping
assert_equal "$out" pong

# create: arguments, references found by a unique value, a file, standard input.
cardex create team name=东区
assert_equal "$out" 'team 1 created, rev 1, seq 1'
cardex create user login=zhang name=张伟 team@name=东区
cardex create stage code=new label_zh=初步 label_en=New seq=1 probability_bp=1000
cardex --format json create customer name=上海华星 owner@login=zhang potential_base=12.50
assert_equal "$out" \
	'{"type":"customer","id":1,"rev":1,"seq":4,"affected":1,"created":true}'
printf '{"name": "Acme \\"Tools\\", Ltd", "owner": 1, "potential_base": "0.05", "employees": 12}' \
	>"$folder/acme.json"
cardex create customer --file "$folder/acme.json" city=Leeds
printf '{"name": "从标准输入"}' >"$folder/in.json"
ends 0 "$CARDEX" create customer --file - <"$folder/in.json"
assert_contains "$out" 'customer 3 created'

cardex_ends 1 create customer name=x owner@login=nobody
assert_contains "$errors" 'owner: looking up user login "nobody"'
cardex_ends 3 create customer city=Leeds
assert_contains "$errors" 'REQUIRED'
cardex_ends 2 create customer name=x colour=red
assert_contains "$errors" 'customer has no field "colour"'
cardex_ends 3 create customer name=x employees=many
cardex_ends 3 create customer name=x name_norm=x
assert_contains "$errors" 'READ_ONLY_FIELD'
cardex_ends 2 create customer name=x potential_base=1.005
assert_contains "$errors" 'up to 2 decimals'
cardex_ends 3 create nothing name=x
cardex_ends 2 create customer name
cardex_ends 2 create customer --file "$folder/none.json"
printf '[1]' >"$folder/list.json"
cardex_ends 2 create customer --file "$folder/list.json"
printf '{"potential_base": 1.5}' >"$folder/real.json"
cardex_ends 2 create customer --file "$folder/real.json"
cardex create customer --dry-run name=nobody
cardex count customer
assert_equal "$out" 3

# get: by id, by unique indexes of one and more columns, only some columns.
cardex get customer 1
assert_contains "$out" '上海华星'
assert_contains "$out" '12.50'
assert_lacks "$out" 'tax_id'
cardex --lang zh get customer 1
assert_contains "$out" '客户名称'
cardex --format json get customer 2 --columns id,name,city,potential_base
assert_equal "$out" \
	'{"id":2,"name":"Acme \"Tools\", Ltd","city":"Leeds","potential_base":"0.05"}'
cardex --format ndjson get user login=zhang --columns id,name
assert_equal "$out" '{"id":1,"name":"张伟"}'
cardex create fx_rate currency=JPY on=2026-11-01 rate_e8=5000000
cardex --format json get fx_rate currency,on=JPY,2026-11-01 --columns rate_e8
assert_equal "$out" '{"rate_e8":5000000}'
cardex get stage seq=1
cardex_ends 1 get customer 99
assert_contains "$errors" 'cardex: NOT_FOUND: '
cardex_ends 1 get user login=nobody
cardex_ends 2 get fx_rate currency,on=JPY
cardex_ends 2 get customer name=x
cardex_ends 2 get customer 0
cardex_ends 2 get customer

# Amounts: the decimals are those of the record's currency, wherever it has to be found.
cardex create fx_rate currency=KWD on=2026-11-01 rate_e8=2300000000
cardex create opportunity title=机会 customer=1 stage@seq=1 amount=1000 currency=JPY \
	owner@login=zhang close_on=2026-12-01
cardex --raw --format ndjson query opportunity --columns amount
assert_equal "$out" '{"amount":1000}'
cardex update opportunity 1 amount=2000
cardex --format ndjson query opportunity --columns id,amount
assert_equal "$out" '{"id":1,"amount":"2000"}'
cardex_ends 2 update opportunity 1 amount=2000.50
cardex_ends 2 upsert opportunity ext_id ext_id=D1 title=t customer=1 stage=1 owner=1 amount=5 \
	close_on=2026-12-01
assert_contains "$errors" 'currency='
cardex upsert opportunity ext_id ext_id=D1 title=t customer=1 stage=1 owner=1 amount=5.250 \
	currency=KWD close_on=2026-12-01
cardex --format ndjson query opportunity --columns id,amount --order 'id desc' --limit 1
assert_equal "$out" '{"id":2,"amount":"5.250"}'
cardex --format ndjson --raw query opportunity --columns amount,close_on --where 'id = 2'
assert_equal "$out" '{"amount":5250,"close_on":20788}'

# update, upsert.
cardex update customer 1 --if-rev 1 city=上海 employees=
assert_equal "$out" 'customer 1 updated, rev 2, seq 12'
cardex_ends 3 update customer 1 --if-rev 1 city=北京
assert_contains "$errors" 'CONFLICT_REV'
cardex_ends 1 update customer 99 city=x
cardex_ends 2 update customer x city=x
cardex upsert customer ext_id ext_id=K1 name=Blue
assert_contains "$out" 'customer 4 created'
cardex upsert customer ext_id ext_id=K1 name=Blue
assert_contains "$out" 'customer 4 unchanged'
cardex upsert customer ext_id ext_id=K1 name=Bluer
assert_contains "$out" 'customer 4 updated'
cardex_ends 3 upsert customer nothing ext_id=K1

# query in every format.
cardex query customer --columns id,name,city --order id --limit 2
assert_equal "$out" "id  name               city
──  ─────────────────  ─────
 1  上海华星           上海
 2  Acme \"Tools\", Ltd  Leeds"
assert_contains "$errors" '2 rows; next: '
token=${errors##*next: }
cardex query customer --columns id,name,city --order id --limit 2 --after "$token"
assert_contains "$out" '从标准输入'
assert_equal "$errors" '2 rows'
cardex_ends 2 query customer --after '!'
cardex_ends 3 query customer --columns id --order name --after "$token"
cardex --format csv query customer --columns id,name,city --order id --limit 2
assert_equal "$out" $'id,name,city\n1,上海华星,上海\n2,"Acme ""Tools"", Ltd",Leeds'
cardex --format json query customer --columns id,city --order id --limit 2
assert_equal "$out" $'[\n  {"id":1,"city":"上海"},\n  {"id":2,"city":"Leeds"}\n]'
cardex --format json query customer --where 'id > 100'
assert_equal "$out" '[]'
cardex --format ndjson query customer --columns id --order id --limit 1 --all
assert_equal "$out" $'{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}'
cardex --lang en query customer --columns name --where "name =~ 'BLUER'" --count
assert_equal "$out" $'Name\n─────\nBluer'
assert_contains "$errors" 'count: 1'
cardex --format ndjson query customer --columns id --where "owner = 1 and (city = '上海' or city is null)"
assert_equal "$out" '{"id":1}'
cardex query opportunity --where "amount >= 50 and close_on > 2026-11-30" --columns id
cardex_ends 3 query customer --where 'name = ='
assert_contains "$errors" '--where, character 8'
cardex_ends 3 query customer --where 'colour = 1'
cardex_ends 3 query customer --columns colour
cardex_ends 3 query customer --use-index nothing
cardex_ends 2 query customer --limit 0
cardex_ends 2 query
cardex query customer --where 'owner = 1' --order name_norm --use-index owner,lifecycle,name_norm \
	--explain
assert_contains "$out" 'plan: index owner,lifecycle,name_norm'
cardex --format json query customer --explain
assert_contains "$out" '"rejected":'
cardex query customer --where "match 'acme'" --explain
assert_contains "$out" 'told by the search index: '
cardex count customer --where 'owner = 1'
assert_equal "$out" 2

# aggregate: tables with money and labels, other formats, pages, plans.
cardex --lang zh aggregate customer --group owner --values 'count,sum(potential_base),avg(potential_base)'
assert_contains "$out" '负责人'
assert_contains "$out" 'sum(预计年采购额)'
assert_contains "$out" '12.55'
assert_contains "$errors" 'group'
cardex --format csv aggregate customer --where 'owner = 1' --values 'count, max(potential_base)'
assert_equal "$out" $'count,max(potential_base)\n2,12.50'
cardex --format ndjson aggregate customer --group 'owner,month(created_at)' --limit 1
assert_contains "$out" '"month(created_at)":"20'
token=$(sed -n 's/.*next: //p' <<<"$errors")
cardex --format ndjson aggregate customer --group 'owner,month(created_at)' --after "$token"
assert_contains "$out" '"owner":'
cardex --format csv aggregate customer --group owner --order 'count desc, owner desc' --limit 1
assert_equal "$out" $'owner,count\n1,2'
assert_contains "$errors" '1 group; next: '
assert_lacks "$errors" 'count'
cardex_ends 3 aggregate customer --order size
cardex aggregate customer --group owner --explain
assert_contains "$out" 'plan: groups of the maintained aggregate customers_owner'
cardex aggregate customer --group owner --use-index owner,last_activity_at --explain
assert_contains "$out" 'plan: index owner,last_activity_at'
assert_contains "$out" 'not aggregate customers_owner: use_index reads records'
cardex aggregate customer --group owner --explain=2
assert_contains "$out" 'executed: 2 rows in '
assert_contains "$out" '  groups '
cardex aggregate customer --group owner --explain=0
assert_lacks "$out" 'not '
cardex aggregate customer --group owner --max-scan 1000
cardex_ends 3 aggregate customer --group owner --max-scan 1
assert_contains "$errors" 'max_scan: more than 1 groups'
cardex aggregate customer --name customers_tier --all
assert_contains "$out" 'unrated'
cardex_ends 3 aggregate customer --name nothing
assert_contains "$errors" 'has no maintained aggregate "nothing"'
cardex_ends 3 aggregate customer --values 'sum(name)'
assert_contains "$errors" 'cannot be summed'
cardex_ends 3 aggregate customer --group colour
cardex_ends 2 aggregate customer --limit none
cardex_ends 2 aggregate
cardex schema customer
assert_contains "$out" 'aggregate customers_owner (owner, lifecycle) count'
assert_contains "$out" 'rollup contact_count: count of contact by customer'

# changes, history: what happened, in order and newest first.
cardex changes --from 1 --limit 1
assert_contains "$out" '  1  20'
assert_contains "$out" 'create'
cardex --format ndjson changes --type customer --limit 1
assert_contains "$out" '"type":"customer","id":1,"rev":1'
cardex history customer 1
assert_contains "$out" 'customer 1'
cardex_ends 1 history customer 999
assert_contains "$errors" 'there never was such a record'
cardex_ends 2 history customer
cardex_ends 2 changes --from none
cardex check --state-hash
assert_contains "$out" 'state_hash: '

# search: a table that lines up and, where it is no terminal, has no colours; other formats.
cardex search 华星
assert_equal "$(grep -c '上海华星' <<<"$out")" 1
assert_contains "$errors" '1 hit'
assert_equal "$(grep -c $'\x1b' <<<"$out" || true)" 0
cardex search acme tools --type customer,contact --limit 1
assert_contains "$out" 'Acme "Tools", Ltd'
cardex --format ndjson search 华星 --columns id,name
assert_contains "$out" '"fields":{"id":1,"name":"上海华星"'
cardex --format csv search 华星
assert_contains "$out" 'customer,1,inside,name,上海华星'
cardex search nowhere
assert_contains "$errors" '0 hits'
cardex_ends 2 search
cardex_ends 2 search x --limit none
cardex_ends 3 search '!'
assert_contains "$errors" 'no letter and no digit'
cardex_ends 3 search x --type nothing

cardex_ends 2 count customer --limit 5
cardex export customer --columns id,ext_id --where 'id >= 3'
assert_equal "$out" $'id,ext_id\n3,\n4,K1'
cardex --format ndjson export customer --columns id --where 'id = 3'
assert_equal "$out" '{"id":3}'

# Data cannot drive a terminal or a spreadsheet.
cardex create product sku=P1 list_price=1 "name=$(printf '\033[2Jred\342\200\256x')"
cardex query product --columns name
assert_lacks "$out" $'\033'
assert_contains "$out" '\x1b[2Jred\u{202e}x'
cardex create product sku=P2 list_price=1 'name==1+1'
cardex --csv-guard --format csv query product --columns name --where "sku = 'P2'"
assert_equal "$out" $'name\n\'=1+1'
cardex_ends 3 create product sku=P1 list_price=1 name=x
assert_contains "$errors" 'UNIQUE'

# delete, undelete, purge.
cardex delete customer 3 4
assert_contains "$out" 'customer 3 deleted'
assert_contains "$out" 'customer 4 deleted'
cardex_ends 1 get customer 3
cardex get customer 3 --deleted
cardex_ends 1 delete customer 3
cardex undelete customer 3
assert_contains "$out" 'customer 3 brought back'
cardex_ends 3 undelete customer 3
cardex_ends 3 purge customer 3
cardex purge customer 4
assert_contains "$out" 'customer 4 erased'
cardex_ends 1 undelete customer 4
cardex_ends 2 delete customer 1 x
cardex get customer 1
cardex_ends 3 delete user 1

# schema, check, stats.
cardex schema
assert_contains "$out" '客户'
cardex schema customer
assert_contains "$out" 'unique tax_id (tax_id)'
cardex_ends 3 schema nothing
cardex --format json schema customer
/usr/bin/python3 -m json.tool <"$folder/out" >/dev/null || fail 'it is no JSON'
cardex check
assert_contains "$out" 'findings: 0'
cardex --format json stats
/usr/bin/python3 -m json.tool <"$folder/out" >/dev/null || fail 'it is no JSON'
cardex stats
assert_contains "$out" 'customer: 3'
cardex_ends 2 stats now

# Watching, and records as they were. The log begins with the records made above.
cardex --format ndjson changes --limit 1000
cp "$folder/out" "$folder/changes"
changes=$(wc -l <"$folder/changes")
cardex --format ndjson watch --from 1 --count "$changes"
assert_equal "$(wc -l <"$folder/out")" "$changes"
cardex watch --from 1 --count 1
assert_equal "$out" "$("$CARDEX" watch --from 1 --count 2 | head -1)"
cardex watch --append "$folder/lines" --from 1 --count 3
cardex watch --append "$folder/lines" --from 1 --count $((changes - 3))
printf '{"seq":9' >>"$folder/lines" # what a kill leaves
cardex create customer name=Watched city=North
seq=$("$CARDEX" --format ndjson stats | /usr/bin/python3 -c 'import json,sys; print(json.load(sys.stdin)["seq"])')
cardex watch --append "$folder/lines" --count 1
assert_equal "$(wc -l <"$folder/lines")" $((changes + 1))
assert_equal "$(uniq -d "$folder/lines")" ''
assert_contains "$(tail -1 "$folder/lines")" "{\"seq\":$seq,\"part\":0,\"kind\":\"create\""
echo 'a shopping list' >"$folder/list"
cardex_ends 5 watch --append "$folder/list"
assert_contains "$errors" 'its last line is none of cardex watch'
assert_equal "$(cat "$folder/list")" 'a shopping list'
cardex watch --state "$folder/state" --from "$seq" --count 1
assert_contains "$out" 'create  customer'
cardex update customer "$(awk '{ print $5 }' <<<"$out")" city=South
cardex watch --state "$folder/state" --count 1
assert_contains "$out" '{"city":["North","South"]}'
cardex watch customer --where "city = 'South'" --from "$seq" --count 1
assert_contains "$out" 'update (comes)  customer'
echo nonsense >"$folder/state"
cardex_ends 5 watch --state "$folder/state"
assert_contains "$errors" 'this is no state of a watch; remove it to begin anew'
cardex_ends 2 watch --where "city = 'South'"
assert_contains "$errors" '--where needs exactly one TYPE'
cardex_ends 2 watch --from yesterday
cardex_ends 2 watch --count 0
cardex_ends 2 watch --state a --append b
cardex_ends 3 watch --from 1000000
cardex_ends 3 watch nothing
ends 0 timeout --preserve-status --signal INT 1 env CARDEX_URI="$CARDEX_URI" "$CARDEX" watch --from snapshot --fields name
assert_contains "$out" '"name":"Watched"'
assert_lacks "$out" $'\u202e' # what turns the direction of text is escaped
cardex get customer 1 --as-of "$seq"
cardex get customer 1 --as-of "$(date -u -d '+1 hour' +%Y-%m-%dT%H:%M:%SZ)"
cardex_ends 1 get customer 1 --as-of 2000-01-01
cardex_ends 2 get customer 1 --as-of yesterday
cardex_ends 2 get customer 1 --as-of 1 --deleted

# The shell: words as in sh, errors do not end it, a lost connection is found again.
ends 0 "$CARDEX" shell <<'END'
ping
get customer "99"
nothing
create customer name='Two Words' city=New\ York
query customer --columns name,city --where "name = 'Two Words'"
open "quote
quit
ping
END
assert_equal "$(grep -c pong "$folder/out")" 1
assert_contains "$out" 'Two Words  New York'
assert_contains "$errors" 'NOT_FOUND'
assert_contains "$errors" 'a quote is not closed'
mkfifo "$folder/typed"
"$CARDEX" shell <"$folder/typed" >"$folder/out" 2>"$folder/errors" &
shell=$!
exec 3>"$folder/typed"
echo 'count customer' >&3
for _ in $(seq 200); do
	[ -s "$folder/out" ] && break
	sleep 0.05
done
daemon_stop
daemon_start
printf 'ping\nget team 1\nquit\n' >&3
exec 3>&-
last_command='shell over a restart'
wait "$shell" || fail "it ends with $?"
assert_contains "$(cat "$folder/out")" 东区

# What could not be written was not done.
if [ -w /dev/full ]; then
	last_command='count customer >/dev/full'
	code=0
	"$CARDEX" count customer >/dev/full 2>"$folder/errors" || code=$?
	assert_equal "$code" 5
fi
finish
