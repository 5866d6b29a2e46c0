# SPDX-License-Identifier: Apache-2.0
# tests/model/test_firm.c at full length: 200,000 writes and more, without sanitizers.
set(firm_sources ${CMAKE_CURRENT_SOURCE_DIR}/model/trade_oracle.c
  ${CMAKE_CURRENT_SOURCE_DIR}/model/ledger.c ${CMAKE_CURRENT_SOURCE_DIR}/model/row.c)
file(GLOB firm_parts CONFIGURE_DEPENDS model/firm*.c)
plain_library(firm_parts ${firm_sources} ${firm_parts} ${support})
plain_program(test_model_firm_full ${CMAKE_CURRENT_SOURCE_DIR}/model/test_firm.c
  firm_parts trade_crm plain_engine plain_base plain_store)
add_test(NAME test_model_firm_full COMMAND test_model_firm_full)
set_tests_properties(test_model_firm_full PROPERTIES
  LABELS model
  TIMEOUT 900
  COST 90
  ENVIRONMENT "${test_environment};CARDEX_MODEL_ROUNDS=46")
