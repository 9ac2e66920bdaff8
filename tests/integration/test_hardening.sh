#!/usr/bin/env bash
# What the compiler and the linker were to harden, read off the program itself.
. "$(dirname "$0")/lib.sh"

readelf -hldW "$POPFERRY" >"$W/elf"
nm -D --undefined-only "$POPFERRY" >"$W/symbols"
has() { # NAME PATTERN FILE
    check "$1" grep -Eq -- "$2" "$3"
}
has "a position-independent executable" 'Type: +DYN' "$W/elf"
has "which is no library" 'FLAGS_1.* PIE' "$W/elf"
has "relocations are read-only ..." '^ *GNU_RELRO' "$W/elf"
has "... all of them, from the start" '\(FLAGS\).*BIND_NOW|\(FLAGS_1\).* NOW' "$W/elf"
has "a stack that is not executable" '^ *GNU_STACK .* RW +0x' "$W/elf"
check "nothing is writable and executable" sh -c '! grep -E "^ *LOAD .* RWE " "$1"' sh "$W/elf"
has "a guarded stack" '__stack_chk_fail' "$W/symbols"

# The beginning of main, as the processor is told that it may be jumped to.
objdump -d --no-show-raw-insn "$POPFERRY" | awk '/^[0-9a-f]+ <main>:$/ { on = 1; next } on' | head -1 >"$W/main"
case $(uname -m) in
x86_64 | i?86) has "jumps arrive only where they may" 'endbr(64|32)' "$W/main" ;;
aarch64) has "jumps arrive only where they may" 'bti|paciasp' "$W/main" ;;
*) skip "jumps arrive only where they may" "nothing of the kind is known of $(uname -m)" ;;
esac

# What is seen only in how it was compiled, which debugging information tells (of gcc).
readelf --debug-dump=info "$POPFERRY" 2>/dev/null | grep 'DW_AT_producer' | sort -u >"$W/producers"
if grep -q 'GNU C' "$W/producers"; then
    for option in -fstack-clash-protection -ftrivial-auto-var-init=zero -fstack-protector-strong; do
        check "everything was compiled with $option" sh -c '! grep "GNU C" "$1" | grep -v -e "$2"' sh "$W/producers" "$option"
    done
else
    skip "stack clash, variables that begin as zero" "this program does not tell how it was compiled"
fi
if grep -Eq '__(a|t)san_init|__ubsan' "$W/symbols"; then
    skip "calls of libc that check the size of buffers" "a sanitizer does that here"
else
    for call in memcpy poll vsnprintf; do
        has "calls of libc check the size of buffers ($call)" "__${call}_chk" "$W/symbols"
    done
fi
