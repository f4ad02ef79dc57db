# No function of an instruction set may stand in for one of the portable code.
#
# Where several objects hold the same inline function or template, the linker keeps one of them,
# whichever comes first. Were it the one compiled for AVX-512, an older machine would meet an
# illegal instruction far from any dispatch. So whatever src/isa/<name>.cpp leaves to the linker
# to choose (nm's W) must carry <name> in its own name: stand in a namespace called so.
#
# cmake -DNM=<nm> -DOBJECTS=<object;…> -P isa_symbols.cmake
set(looked_at 0)
foreach(object IN LISTS OBJECTS)
  if(NOT object MATCHES "/isa/([a-z0-9_]+)\\.cpp\\.o" OR CMAKE_MATCH_1 STREQUAL "portable")
    continue()
  endif()
  set(name ${CMAKE_MATCH_1})
  string(LENGTH ${name} length)
  execute_process(COMMAND ${NM} --defined-only ${object}
    OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX MATCHALL " W [^\n]+" shared "${symbols}")
  list(FILTER shared EXCLUDE REGEX "${length}${name}")
  math(EXPR looked_at "${looked_at} + 1")
  foreach(symbol IN LISTS shared)
    message(SEND_ERROR "${name}.cpp shares${symbol}: no namespace ${name} around it")
  endforeach()
endforeach()
message("${looked_at} objects looked at")
