/* SPDX-License-Identifier: Apache-2.0 */
/* The bytes of the protocol are frozen: every method's request with and without options, the
 * batch form, results, and both forms of error. The bytes were made by another encoder than
 * ours, from the MessagePack specification. A row is never changed; what is new is a new row.
 */
#include "proto/proto.h"
#include "tests/support/unit.h"
#include "tests/support/wire.h"

#include <string.h>

typedef struct golden {
	const char *text;
	const char *hex;
} golden;

static const golden requests[] = {
	{ "[0, 50, 'changes', []]", "940032a76368616e67657390" },
	{ "[0, 50, 'changes', [{'limit': 5, 'deadline_ms': 250, 'types': ['customer'], 'from': "
	  "7}]]",
	  "940032a76368616e6765739184a56c696d697405ab646561646c696e655f6d73ccfaa5747970657391a8"
	  "637573746f6d6572a466726f6d07" },
	{ "[0, 51, 'history', ['customer', 7, {'limit': 5, 'before': 9}]]",
	  "940033a7686973746f727993a8637573746f6d65720782a56c696d697405a66265666f726509" },
	{ "[0, 52, 'as_of', ['customer', 7, {'deadline_ms': 9, 'seq': 9}]]",
	  "940034a561735f6f6693a8637573746f6d65720782ab646561646c696e655f6d7309a373657109" },
	{ "[0, 52, 'as_of', ['customer', 7, {'seq': 9}]]",
	  "940034a561735f6f6693a8637573746f6d65720781a373657109" },
	{ "[0, 52, 'as_of', ['customer', 7, {'at': 1700000000000}]]",
	  "940034a561735f6f6693a8637573746f6d65720781a26174cf0000018bcfe56800" },
	{ "[0, 53, 'check', [{'state_hash': true}]]",
	  "940035a5636865636b9181aa73746174655f68617368c3" },
	{ "[0, 44, 'search', ['acme']]", "94002ca673656172636891a461636d65" },
	{ "[0, 44, 'search', ['acme', {'types': ['customer'], 'highlights': true}]]",
	  "94002ca673656172636892a461636d6582a5747970657391a8637573746f6d6572aa68696768"
	  "6c6967687473c3" },
	{ "[0, 40, 'schema.plan', [nil]]", "940028ab736368656d612e706c616e91c0" },
	{ "[0, 40, 'schema.plan', ['type a { x int }', {'base': 'program'}]]",
	  "940028ab736368656d612e706c616e92b0747970652061207b207820696e74207d81a4626173"
	  "65a770726f6772616d" },
	{ "[0, 41, 'schema.apply', ['type a { x int }']]",
	  "940029ac736368656d612e6170706c7991b0747970652061207b207820696e74207d" },
	{ "[0, 41, 'schema.apply', ['', {'base': 'none', 'may_lose': true}]]",
	  "940029ac736368656d612e6170706c7992a082a462617365a46e6f6e65a86d61795f6c6f7365"
	  "c3" },
	{ "[0, 42, 'index.status', []]", "94002aac696e6465782e73746174757390" },
	{ "[0, 42, 'index.status', [{'type': 'customer'}]]",
	  "94002aac696e6465782e7374617475739181a474797065a8637573746f6d6572" },
	{ "[0, 43, 'index.cancel', ['customer', 'name_norm']]",
	  "94002bac696e6465782e63616e63656c92a8637573746f6d6572a96e616d655f6e6f726d" },
	{ "[0, 1, 'hello', []]", "940001a568656c6c6f90" },
	{ "[0, 1, 'hello', [{'client': 'shop', 'errors': 'map'}]]",
	  "940001a568656c6c6f9182a6636c69656e74a473686f70a66572726f7273a36d6170" },
	{ "[0, 2, 'ping', []]", "940002a470696e6790" },
	{ "[0, 3, 'get', ['customer', 5]]", "940003a367657492a8637573746f6d657205" },
	{ "[0, 3, 'get', ['customer', 128, {'fields': ['name', 'owner'], 'layout': 3, "
	  "'deleted': true}]]",
	  "940003a367657493a8637573746f6d6572cc8083a66669656c647392a46e616d65a56f776e65"
	  "72a66c61796f757403a764656c65746564c3" },
	{ "[0, 4, 'lookup', ['customer', 'tax_id', ['91330100MA27X']]]",
	  "940004a66c6f6f6b757093a8637573746f6d6572a67461785f696491ad39313333303130304d"
	  "41323758" },
	{ "[0, 4, 'lookup', ['customer', 'tax_id', ['91330100MA27X'], {'fields': "
	  "['id'], 'layout': 1}]]",
	  "940004a66c6f6f6b757094a8637573746f6d6572a67461785f696491ad39313333303130304d"
	  "4132375882a66669656c647391a26964a66c61796f757401" },
	{ "[0, 5, 'query', ['customer']]", "940005a5717565727991a8637573746f6d6572" },
	{ "[0, 5, 'query', ['customer', {'fields': ['id', 'name'], 'layout': 1, "
	  "'filter': ['and', ['=', 'owner', 7], ['prefix~', 'name', 'Acme']], 'order': "
	  "['order_base desc', 'id'], 'limit': 50, 'after': h'0001feff', 'explain': "
	  "false, 'allow_scan': true, 'use_index': 'owner,lifecycle,name_norm', "
	  "'count': true, 'deadline_ms': 250}]]",
	  "940005a5717565727992a8637573746f6d65728ba66669656c647392a26964a46e616d65a66c"
	  "61796f757401a666696c74657293a3616e6493a13da56f776e65720793a77072656669787ea4"
	  "6e616d65a441636d65a56f7264657292af6f726465725f626173652064657363a26964a56c69"
	  "6d697432a56166746572c4040001feffa76578706c61696ec2aa616c6c6f775f7363616ec3a9"
	  "7573655f696e646578b96f776e65722c6c6966656379636c652c6e616d655f6e6f726da5636f"
	  "756e74c3ab646561646c696e655f6d73ccfa" },
	{ "[0, 6, 'count', ['customer', nil]]", "940006a5636f756e7492a8637573746f6d6572c0" },
	{ "[0, 6, 'count', ['customer', ['in', 'stage', ['won', 'lost']], "
	  "{'allow_scan': true, 'use_index': 'x', 'deadline_ms': 65536}]]",
	  "940006a5636f756e7493a8637573746f6d657293a2696ea5737461676592a3776f6ea46c6f73"
	  "7483aa616c6c6f775f7363616ec3a97573655f696e646578a178ab646561646c696e655f6d73"
	  "ce00010000" },
	{ "[0, 22, 'search', ['华东 5678']]",
	  "940016a673656172636891abe58d8ee4b89c2035363738" },
	{ "[0, 22, 'search', ['acme', {'fields': ['name'], 'limit': 5, 'deadline_ms': 250, "
	  "'types': ['customer', 'contact'], 'highlights': true}]]",
	  "940016a673656172636892a461636d6585a66669656c647391a46e616d65a56c696d697405ab"
	  "646561646c696e655f6d73ccfaa5747970657392a8637573746f6d6572a7636f6e74616374aa"
	  "686967686c6967687473c3" },
	{ "[0, 2, 'get', ['customer', 5, {'include': [{'ref': 'owner'}]"
	  "}]]",
	  "940002a367657493a8637573746f6d65720581a7696e636c7564659181a3726566a56f77"
	  "6e6572" },
	{ "[0, 4, 'query', ['customer', {'explain': 2, 'count': 'estima"
	  "te', 'no_index': ['a'], 'max_scan': 1000, 'include': [{'type"
	  "': 'contact', 'ref': 'customer', 'limit': 3}]}]]",
	  "940004a5717565727992a8637573746f6d657285a76578706c61696e02a5636f756e74a8"
	  "657374696d617465a86e6f5f696e64657891a161a86d61785f7363616ecd03e8a7696e63"
	  "6c7564659183a474797065a7636f6e74616374a3726566a8637573746f6d6572a56c696d"
	  "697403" },
	{ "[0, 24, 'aggregate', ['opportunity']]",
	  "940018a961676772656761746591ab6f70706f7274756e697479" },
	{ "[0, 24, 'aggregate', ['opportunity', {'filter': ['=', 'state', 'open']"
	  ", 'limit': 5, 'after': h'0102', 'explain': true, 'allow_scan': true, '"
	  "use_index': 'owner', 'deadline_ms': 250, 'no_index': ['a'], 'group': ["
	  "'owner', 'month(closed_at)'], 'values': ['count', 'sum(amount_base)'],"
	  " 'name': 'closed'}]]",
	  "940018a961676772656761746592ab6f70706f7274756e6974798ba666696c74657293"
	  "a13da57374617465a46f70656ea56c696d697405a56166746572c4020102a76578706c"
	  "61696ec3aa616c6c6f775f7363616ec3a97573655f696e646578a56f776e6572ab6465"
	  "61646c696e655f6d73ccfaa86e6f5f696e64657891a161a567726f757092a56f776e65"
	  "72b06d6f6e746828636c6f7365645f617429a676616c75657392a5636f756e74b07375"
	  "6d28616d6f756e745f6261736529a46e616d65a6636c6f736564" },
	{ "[0, 24, 'aggregate', ['deal', {'order': ['count desc'], 'group': ['owner']}]]",
	  "940018a961676772656761746592a46465616c82a56f7264657291aa636f756e742064657363a567726f"
	  "757091a56f776e6572" },
	{ "[0, 24, 'aggregate', ['deal', {'explain': 2, 'max_scan': 70}]]",
	  "940018a961676772656761746592a46465616c82a76578706c61696e02a86d61785f7363616e46" },
	{ "[0, 23, 'analyze', [{'deadline_ms': 1}]]",
	  "940017a7616e616c797a659181ab646561646c696e655f6d7301" },
	{ "[0, 25, 'report', [nil]]", "940019a67265706f727491c0" },
	{ "[0, 25, 'report', ['customer', {'limit': 9, 'deadline_ms': 250, 'max_scan': 1000, "
	  "'params': {'customer': 7, 'now': '2026-11-23'}}]]",
	  "940019a67265706f727492a8637573746f6d657284a56c696d697409ab646561646c696e655f"
	  "6d73ccfaa86d61785f7363616ecd03e8a6706172616d7382a8637573746f6d657207a36e6f77"
	  "aa323032362d31312d3233" },
	{ "[0, 60, 'watch', []]", "94003ca5776174636890" },
	{ "[0, 60, 'watch', [{'fields': ['name'], 'filter': ['=', 'city', 'X'], 'types': "
	  "['customer'], 'from': 7, 'snapshot': false, 'credit': 300}]]",
	  "94003ca577617463689186a66669656c647391a46e616d65a666696c74657293a13da463697479a158a5"
	  "747970657391a8637573746f6d6572a466726f6d07a8736e617073686f74c2a6637265646974cd012"
	  "c" },
	{ "[0, 60, 'watch', [{'snapshot': true}]]",
	  "94003ca577617463689181a8736e617073686f74c3" },
	{ "[0, 60, 'watch', [{'from': 7, 'snapshot': true, 'rows_after': ['customer', 5]}]]",
	  "94003ca577617463689183a466726f6d07a8736e617073686f74c3aa726f77735f616674657292a86375"
	  "73746f6d657205" },
	{ "[0, 61, 'unwatch', [1]]", "94003da7756e77617463689101" },
	{ "[0, 62, 'credit', [200, 16]]", "94003ea663726564697492ccc810" },
	{ "[0, 7, 'create', ['customer', {'name': '客户', 'employees': -33, 'active': "
	  "true, 'note': nil}]]",
	  "940007a663726561746592a8637573746f6d657284a46e616d65a6e5aea2e688b7a9656d706c"
	  "6f79656573d0dfa6616374697665c3a46e6f7465c0" },
	{ "[0, 8, 'update', ['customer', 9007199254740991, {'name': 'B'}, {'if_rev': "
	  "2}]]",
	  "940008a675706461746594a8637573746f6d6572cf001fffffffffffff81a46e616d65a14281"
	  "a669665f72657602" },
	{ "[0, 9, 'upsert', ['customer', 'ext_id', {'ext_id': 'x'}, {'if_rev': 200}]]",
	  "940009a675707365727494a8637573746f6d6572a66578745f696481a66578745f6964a17881"
	  "a669665f726576ccc8" },
	{ "[0, 10, 'delete', ['customer', 7, {'if_rev': 1}]]",
	  "94000aa664656c65746593a8637573746f6d65720781a669665f72657601" },
	{ "[0, 11, 'undelete', ['customer', 65535, {'if_rev': 1}]]",
	  "94000ba8756e64656c65746593a8637573746f6d6572cdffff81a669665f72657601" },
	{ "[0, 12, 'purge', ['customer', 4294967296, {'if_rev': 1}]]",
	  "94000ca5707572676593a8637573746f6d6572cf000000010000000081a669665f72657601" },
	{ "[0, 13, 'batch', [[['create', 'customer', {'name': 'A'}], ['create', "
	  "'contact', {'customer': {'$': 0}}], ['update', 'customer', {'$': 0}, "
	  "{'name': 'B'}, {'if_rev': 1}], ['upsert', 'customer', 'ext_id', {'ext_id': "
	  "'x'}], ['delete', 'customer', 7], ['undelete', 'customer', 7], ['purge', "
	  "'customer', {'$': 4}]]]]",
	  "94000da56261746368919793a6637265617465a8637573746f6d657281a46e616d65a14193a6"
	  "637265617465a7636f6e7461637481a8637573746f6d657281a1240095a6757064617465a863"
	  "7573746f6d657281a1240081a46e616d65a14281a669665f7265760194a6757073657274a863"
	  "7573746f6d6572a66578745f696481a66578745f6964a17893a664656c657465a8637573746f"
	  "6d65720793a8756e64656c657465a8637573746f6d65720793a57075726765a8637573746f6d"
	  "657281a12404" },
	{ "[0, 14, 'schema.get', []]", "94000eaa736368656d612e67657490" },
	{ "[0, 14, 'schema.get', [{'type': 'customer'}]]",
	  "94000eaa736368656d612e6765749181a474797065a8637573746f6d6572" },
	{ "[0, 15, 'stats', []]", "94000fa5737461747390" },
	{ "[0, 4294967295, 'check', [{'deadline_ms': 5000}]]",
	  "9400ceffffffffa5636865636b9181ab646561646c696e655f6d73cd1388" },
	{ "[0, 70, 'convert', [12, {}]]", "940046a7636f6e76657274920c80" },
	{ "[0, 70, 'convert', [12, {'ext_id': 'x'}, {'if_rev': 3, 'at': 1700000000000, "
	  "'lines': [{'product': 1}]}]]",
	  "940046a7636f6e76657274930c81a66578745f6964a17883a669665f72657603a26174cf0000"
	  "018bcfe56800a56c696e65739181a770726f6475637401" },
	{ "[0, 71, 'reopen', ['opportunity', 12, {}, {'if_rev': 3}]]",
	  "940047a672656f70656e94ab6f70706f7274756e6974790c8081a669665f72657603" },
	{ "[0, 72, 'transfer', [7, {'filter': ['null', 'city'], 'limit': 100, 'types': "
	  "['customer'], 'owner': 3}]]",
	  "940048a87472616e73666572920784a666696c74657292a46e756c6ca463697479a56c696d69"
	  "7464a5747970657391a8637573746f6d6572a56f776e657203" },
	{ "[0, 72, 'transfer', [7, {'types': ['customer'], 'ids': [1, 2]}]]",
	  "940048a87472616e73666572920782a5747970657391a8637573746f6d6572a3696473920102" },
	{ "[0, 73, 'merge', [7, 8, {'name': 'A'}]]",
	  "940049a56d6572676593070881a46e616d65a141" },
	{ "[0, 74, 'unmerge', [8]]", "94004aa7756e6d657267659108" },
	{ "[0, 75, 'revalue', [{'limit': 100, 'from': 7, 'on': 19676}]]",
	  "94004ba7726576616c75659183a56c696d697464a466726f6d07a26f6ecd4cdc" },
	{ "[0, 76, 'duplicates', [{'name': 'A'}]]",
	  "94004caa6475706c6963617465739181a46e616d65a141" },
	{ "[0, 76, 'duplicates', [{}, {'limit': 100, 'deadline_ms': 250, 'from': 7}]]",
	  "94004caa6475706c696361746573928083a56c696d697464ab646561646c696e655f6d73ccfa"
	  "a466726f6d07" },
	{ "[0, 77, 'run_tiers', [{'at': 1700000000000, 'params': {'days': 90}}]]",
	  "94004da972756e5f74696572739182a26174cf0000018bcfe56800a6706172616d7381a46461"
	  "79735a" },
	{ "[0, 78, 'run_forecast', [{'at': 1700000000000, 'run': 5, 'months': 3, 'model"
	  "': 'ses'}]]",
	  "94004eac72756e5f666f7265636173749184a26174cf0000018bcfe56800a372756e05a66d6f"
	  "6e74687303a56d6f64656ca3736573" },
	{ "[0, 7, 'create', ['customer', {}, {'at': 1700000000000, 'duplicates': 'block"
	  "'}]]",
	  "940007a663726561746593a8637573746f6d65728082a26174cf0000018bcfe56800aa647570"
	  "6c696361746573a5626c6f636b" },
	{ "[0, 13, 'batch', [[['convert', {'$': 0}, {}], ['reopen', 'opportunity', 12, "
	  "{}]], {'at': 1700000000000}]]",
	  "94000da56261746368929293a7636f6e7665727481a124008094a672656f70656eab6f70706f"
	  "7274756e6974790c8081a26174cf0000018bcfe56800" },
};

static const golden results[] = {
	{ "[1, 3, nil, [1, ['id', 'name'], [5, 'Acme']]]",
	  "940103c0930192a26964a46e616d659205a441636d65" },
	{ "[1, 6, nil, 41]", "940106c029" },
	{ "[1, 24, nil, [['owner', 'count', 'sum(amount_base)'], [[nil, 2, -5], ["
	  "7, 1, '9223372036854775808']], h'0102', 'limit', {'seq': 9, 'kinds': ["
	  "'ref', 'int', 'money'], 'groups': 41, 'keys': 3, 'fetched': 2, 'aggreg"
	  "ate': nil}]]",
	  "940118c09593a56f776e6572a5636f756e74b073756d28616d6f756e745f6261736529"
	  "9293c002fb930701b339323233333732303336383534373735383038c4020102a56c69"
	  "6d697486a373657109a56b696e647393a3726566a3696e74a56d6f6e6579a667726f75"
	  "707329a46b65797303a76665746368656402a9616767726567617465c0" },
	{ "[1, 5, nil, [1, nil, [[1, 'a'], [2, 'b']], h'0102', 'limit', {'seq': 9, "
	  "'count': 41, 'keys': 3, 'fetched': 2}]]",
	  "940105c09601c0929201a1619202a162c4020102a56c696d697484a373657109a5636f756e74"
	  "29a46b65797303a76665746368656402" },
};

static const golden errors[] = {
	{ "[1, 7, 'UNIQUE: taken by customer 9', nil]",
	  "940107bb554e495155453a2074616b656e20627920637573746f6d65722039c0" },
	{ "[1, 7, {'code': 402, 'name': 'UNIQUE', 'message': 'taken by customer 9', "
	  "'retryable': false, 'details': {'field': 'tax_id', 'index': 'tax_id'}}, nil]",
	  "94010785a4636f6465cd0192a46e616d65a6554e49515545a76d657373616765b374616b656e"
	  "20627920637573746f6d65722039a9726574727961626c65c2a764657461696c7382a5666965"
	  "6c64a67461785f6964a5696e646578a67461785f6964c0" },
	{ "[1, 7, {'code': 303, 'name': 'SCHEMA_SYNTAX', 'message': 'expected a name', "
	  "'retryable': false, 'details': {'line': 3, 'column': 17}}, nil]",
	  "94010785a4636f6465cd012fa46e616d65ad534348454d415f53594e544158a76d6573736167"
	  "65af65787065637465642061206e616d65a9726574727961626c65c2a764657461696c7382a4"
	  "6c696e6503a6636f6c756d6e11c0" },
	{ "[1, 7, 'BUSY: too much work is waiting', nil]",
	  "940107be425553593a20746f6f206d75636820776f726b2069732077616974696e67c0" },
	{ "[1, 7, {'code': 502, 'name': 'BUSY', 'message': 'too much work is waiting', "
	  "'retryable': true, 'details': {}}, nil]",
	  "94010785a4636f6465cd01f6a46e616d65a442555359a76d657373616765b8746f6f206d7563"
	  "6820776f726b2069732077616974696e67a9726574727961626c65c3a764657461696c7380c0" },
};

static const golden notifications[] = {
	{ "[2, 'change', [1, [], 9]]", "9302a66368616e676593019009" },
	{ "[2, 'row', [1, 'customer', 65537, ['id', 'rev'], [[1, 1]], true]]",
	  "9302a3726f779601a8637573746f6d6572ce0001000192a26964a372657691920101c3" },
	{ "[2, 'progress', [1, 70000]]", "9302a870726f67726573739201ce00011170" },
	{ "[2, 'watch_end', [1, {'code': 601, 'name': 'COMPACTED', 'message': 'what is asked "
	  "for is not kept any more', 'retryable': false, 'details': {}}]]",
	  "9302a977617463685f656e64920185a4636f6465cd0259a46e616d65a9434f4d504143544544a76d6573"
	  "73616765d926776861742069732061736b656420666f72206973206e6f74206b65707420616e79206d6f"
	  "7265a9726574727961626c65c2a764657461696c7380" },
	{ "[2, 'error', ['MALFORMED: x']]", "9302a56572726f7291ac4d414c464f524d45443a2078" },
};

static void assert_same_bytes(cx_slice got, cx_slice expected)
{
	if (!cx_slice_equal(got, expected))
		fail_msg("%s\n  is not %s", wire_show(got), wire_show(expected));
}

static void requests_have_these_bytes(void **state)
{
	(void)state;
	uint64_t seen = 0;
	for (size_t i = 0; i < CX_COUNT_OF(requests); i++) {
		cx_slice bytes = wire_hex(requests[i].hex);
		assert_string_equal(wire_show(bytes), requests[i].text);
		proto_request request;
		assert_int_equal(proto_request_decode(bytes, &request, NULL), CX_OK);
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024);
		proto_request_encode(&request, &out);
		assert_same_bytes(cx_buf_slice(&out), bytes);
		seen |= 1ULL << request.method;
	}
	assert_int_equal(seen, (1ULL << PROTO_METHOD_COUNT_ALL) - 1);
}

static void operations_of_a_batch_have_these_bytes(void **state)
{
	(void)state;
	uint64_t seen = 0;
	for (size_t i = 0; i < CX_COUNT_OF(requests); i++) {
		proto_request batch;
		cx_slice bytes = wire_hex(requests[i].hex);
		assert_int_equal(proto_request_decode(bytes, &batch, NULL), CX_OK);
		if (batch.method != PROTO_BATCH)
			continue;
		cx_reader reader = cx_reader_of(batch.operations);
		uint32_t count = cx_read_array(&reader);
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024);
		cx_write_array(&out, count);
		for (uint32_t n = 0; n < count; n++) {
			proto_request operation;
			assert_int_equal(proto_operation_decode(&reader, &operation, NULL),
			                 CX_OK);
			proto_operation_encode(&operation, &out);
			seen |= 1ULL << operation.method;
		}
		assert_same_bytes(cx_buf_slice(&out), batch.operations);
	}
	assert_int_equal(seen, 1ULL << PROTO_CREATE | 1ULL << PROTO_UPDATE |
	                               1ULL << PROTO_UPSERT | 1ULL << PROTO_DELETE |
	                               1ULL << PROTO_UNDELETE | 1ULL << PROTO_PURGE |
	                               1ULL << PROTO_CONVERT | 1ULL << PROTO_REOPEN);
}

static void results_have_these_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(results); i++) {
		cx_slice bytes = wire_hex(results[i].hex);
		assert_string_equal(wire_show(bytes), results[i].text);
		proto_response response;
		assert_int_equal(proto_response_decode(bytes, &response), CX_OK);
		assert_int_equal(response.status, CX_OK);
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024);
		proto_reply_begin(response.msgid, &out);
		cx_write_raw(&out, response.result);
		assert_same_bytes(cx_buf_slice(&out), bytes);
	}
}

static void errors_have_these_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < CX_COUNT_OF(errors); i++) {
		cx_slice bytes = wire_hex(errors[i].hex);
		assert_string_equal(wire_show(bytes), errors[i].text);
		proto_response got;
		assert_int_equal(proto_response_decode(bytes, &got), CX_OK);
		bool map = strstr(errors[i].text, "'code'") != NULL;
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024);
		proto_reply_error(got.msgid, got.status, &got.error,
		                  map ? PROTO_ERRORS_MAP : PROTO_ERRORS_STRING, &out);
		assert_same_bytes(cx_buf_slice(&out), bytes);
	}
}

static void notifications_have_these_bytes(void **state)
{
	(void)state;
	assert_int_equal(CX_COUNT_OF(notifications), PROTO_NOTIFICATION_COUNT_ALL);
	for (size_t i = 0; i < CX_COUNT_OF(notifications); i++) {
		cx_slice bytes = wire_hex(notifications[i].hex);
		assert_string_equal(wire_show(bytes), notifications[i].text);
		cx_reader reader = cx_reader_of(bytes);
		cx_read_array(&reader);
		cx_read_skip(&reader);
		proto_notification which;
		assert_true(proto_notification_find(cx_read_str(&reader), &which));
		assert_int_equal(which, i);
		CX_SCOPED(cx_buf_release) cx_buf out = CX_BUF_INIT(64 * 1024);
		const uint32_t count = cx_read_array(&reader);
		proto_notification_begin(which, count, &out);
		if (which == PROTO_NOTIFY_WATCH_END) {
			cx_write_raw(&out, cx_read_skip(&reader));
			proto_error_write(CX_COMPACTED, NULL, &out);
		} else {
			cx_write_raw(&out, reader.rest);
		}
		assert_same_bytes(cx_buf_slice(&out), bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_have_these_bytes),
		cmocka_unit_test(operations_of_a_batch_have_these_bytes),
		cmocka_unit_test(results_have_these_bytes),
		cmocka_unit_test(errors_have_these_bytes),
		cmocka_unit_test(notifications_have_these_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
