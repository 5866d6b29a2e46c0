# SPDX-License-Identifier: Apache-2.0
# tests/trade at full size: the programs of that folder once more, without sanitizers, as a
# hundred thousand customers take ten times as long with them. Their names end in _full.
get_target_property(crm_sources cx_crm SOURCES)
file(GLOB trade_sources CONFIGURE_DEPENDS trade/*.c)
set(trade_programs ${trade_sources})
list(FILTER trade_programs INCLUDE REGEX "/test_[a-z0-9_]+\\.c$")
list(REMOVE_ITEM trade_sources ${trade_programs})

plain_library(trade_crm ${crm_sources})
add_dependencies(trade_crm cx_crm)
plain_library(trade_parts ${trade_sources} ${support})

foreach(program IN LISTS trade_programs)
  get_filename_component(name ${program} NAME_WE)
  string(REGEX REPLACE "^test_(.*)$" "test_trade_\\1_full" name ${name})
  plain_program(${name} ${program} trade_parts trade_crm plain_engine plain_base plain_store)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    LABELS trade
    TIMEOUT 600
    COST 120
    ENVIRONMENT "${test_environment};CARDEX_TRADE_CUSTOMERS=100000")
endforeach()
