# What every target of the project shares: flags, layers, tests.

find_program(COMPTOIR_CCACHE ccache)
if(COMPTOIR_CCACHE)
  # What ccache asks of whoever uses precompiled headers: it cannot see which
  # macros they read, nor whether they name the time of day. Ours don't.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    ${COMPTOIR_CCACHE})
endif()

find_package(Protobuf REQUIRED)
find_package(gRPC CONFIG REQUIRED)
find_package(absl REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)

add_library(comptoir_flags INTERFACE)
set(shadow -Wshadow)
if(COMPTOIR_UNITY AND COMPTOIR_UNITY_BATCH GREATER_EQUAL 12)
  set(shadow)  # a name of one source seems to shadow one of another
endif()
target_compile_options(comptoir_flags INTERFACE
  -Wall -Wextra ${shadow} -Wnon-virtual-dtor -Wimplicit-fallthrough -Werror -pthread
  # Wrong where several sources are read as one.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>>:-Wno-subobject-linkage>)
target_include_directories(comptoir_flags INTERFACE ${PROJECT_SOURCE_DIR})
find_program(COMPTOIR_MOLD mold)
if(COMPTOIR_MOLD)
  target_link_options(comptoir_flags INTERFACE -fuse-ld=mold)
endif()
if(COMPTOIR_SANITIZE)
  add_compile_options(-fsanitize=${COMPTOIR_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # A program that may lie anywhere has a million and a half addresses to put right at every
  # start, of which there are thousands.
  add_link_options(-fsanitize=${COMPTOIR_SANITIZE} -no-pie)
  if(COMPTOIR_SANITIZE MATCHES thread)
    # Fences are of the distribution's headers; we use none. What the sanitizer
    # adds makes gcc 12 see overruns where std::string joins text: the other
    # builds look for true ones.
    add_compile_options(-Wno-tsan -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow)
    # Tells the sanitizer what orders the threads of the distribution's libraries.
    add_library(comptoir_edges OBJECT tests/sanitizers/grpc_edges.cc
      tests/sanitizers/rocksdb_edges.cc)
    target_compile_options(comptoir_edges PRIVATE -fno-sanitize=thread)
    target_link_libraries(comptoir_edges PRIVATE comptoir_flags gRPC::grpc++)
    set(COMPTOIR_PROGRAM_PARTS comptoir_edges)
  endif()
endif()

if(COMPTOIR_UNITY)
  # Most of a source's compile time goes into headers of others: several sources share
  # them.
  set(CMAKE_UNITY_BUILD ON)
endif()
set(CMAKE_UNITY_BUILD_BATCH_SIZE ${COMPTOIR_UNITY_BATCH})

# comptoir_layer(NAME SOURCES … DEPS …): one layer of common/, as a static
# library. DEPS are the only layers and parts it may use; tests/layering links
# each layer whole against just these.
function(comptoir_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;DEPS" ${ARGN})
  add_library(comptoir_${name} STATIC ${LAYER_SOURCES})
  target_link_libraries(comptoir_${name} PUBLIC comptoir_flags ${LAYER_DEPS})
  set_property(GLOBAL APPEND PROPERTY COMPTOIR_LAYERS ${name})
endfunction()

# comptoir_program(NAME SOURCES … DEPS …): an executable of the product.
function(comptoir_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE comptoir_flags ${PROGRAM_DEPS} ${COMPTOIR_PROGRAM_PARTS})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
endfunction()

# comptoir_test(NAME SOURCES … DEPS … [TIMEOUT s] [BUSY] [LONG]): one GoogleTest binary,
# each case a test of ctest; under a sanitizer, where every start of a process costs more
# than most cases, one test in all unless its cases are LONG. TIMEOUT is of one test.
# BUSY: its own code computes for long enough to be worth optimising; of the others,
# compiling takes longer than running.
function(comptoir_test name)
  cmake_parse_arguments(TEST "BUSY;LONG" "TIMEOUT" "SOURCES;DEPS" ${ARGN})
  set(at_once OFF)
  if(COMPTOIR_SANITIZE AND NOT TEST_LONG)
    set(at_once ON)
  endif()
  if(NOT TEST_TIMEOUT)
    set(TEST_TIMEOUT 300)
    if(at_once)
      set(TEST_TIMEOUT 1200)
    endif()
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE comptoir_flags ${TEST_DEPS} GTest::gmock GTest::gtest_main
    ${COMPTOIR_PROGRAM_PARTS})
  if(NOT TEST_BUSY)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  if(COMPTOIR_TEST_PCH AND NOT TEST_BUSY)  # gcc takes it only for the same -O
    # Every test reads these headers, and they are most of its compile time.
    target_link_libraries(${name} PRIVATE comptoir_proto)
    target_precompile_headers(${name} REUSE_FROM comptoir_test_headers)
  endif()
  if(at_once)
    add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES TIMEOUT ${TEST_TIMEOUT})
  else()
    gtest_discover_tests(${name} NO_PRETTY_VALUES PROPERTIES TIMEOUT ${TEST_TIMEOUT} DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
