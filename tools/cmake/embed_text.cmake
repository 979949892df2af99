# Writes OUT, a C++ source that defines each text as a std::string_view of the namespace gossamer::sim, as HEADER declares
# them, and beside it the text's SHA-256 as a Content-Security-Policy names it. Run when a text changes:
# cmake -D OUT=<file> -D HEADER=<path> -D "TEXTS=<constant>=<file>;..." -P embed_text.cmake

# base64(<variable> <hex>): of 256 bits.
function(base64 variable hex)
  set(alphabet "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  # Three hex digits are two characters; 64 digits leave one, whose four bits are filled up with zeros.
  foreach(begin RANGE 0 62 3)
    string(SUBSTRING "${hex}" ${begin} 3 digits)
    math(EXPR high "0x${digits} >> 6")
    math(EXPR low "0x${digits} & 63")
    string(SUBSTRING "${alphabet}" ${high} 1 first)
    string(SUBSTRING "${alphabet}" ${low} 1 second)
    string(APPEND text "${first}${second}")
  endforeach()
  string(SUBSTRING "${hex}" 63 1 digit)
  math(EXPR last "0x${digit} << 2")
  string(SUBSTRING "${alphabet}" ${last} 1 character)
  set(${variable} "${text}${character}=" PARENT_SCOPE)
endfunction()

set(source "// Made by tools/cmake/embed_text.cmake.\n#include \"${HEADER}\"\n\nnamespace gossamer::sim {\n\n")
foreach(pair IN LISTS TEXTS)
  string(REGEX MATCH "^([A-Za-z]+)=(.*)$" matched "${pair}")
  set(constant "${CMAKE_MATCH_1}")
  set(file "${CMAKE_MATCH_2}")
  file(READ "${file}" text)
  # What would end the literal, or the element that holds the text, or what a browser changes before it takes the hash.
  foreach(forbidden ")embed\"" "</script" "</style" "<!--" "\r")
    string(FIND "${text}" "${forbidden}" at)
    if(at GREATER_EQUAL 0)
      message(FATAL_ERROR "${file} holds ${forbidden}, which cannot be embedded in a page")
    endif()
  endforeach()
  file(SHA256 "${file}" hash)
  base64(hash "${hash}")
  string(APPEND source "const std::string_view ${constant} = R\"embed(${text})embed\";\n"
    "const std::string_view ${constant}Sha256 = \"sha256-${hash}\";\n\n")
endforeach()
file(WRITE "${OUT}" "${source}}  // namespace gossamer::sim\n")
