#!/bin/sh
# assemble-root TARGET FILE...: copies programs with the shared libraries that they load, and nothing else, so that an
# image can be made of them alone.
set -eu
target=$1
shift

place() {
  folder=$(readlink -f "$(dirname "$1")")
  real=$(readlink -f "$1")
  mkdir -p "$target$folder" "$target$(dirname "$real")"
  [ -e "$target$real" ] || cp -p "$real" "$target$real"
  # The name that is asked for may be a link to what holds the bytes.
  [ -e "$target$folder/$(basename "$1")" ] || ln -s "$real" "$target$folder/$(basename "$1")"
}

# Where /lib and its like are links into /usr, they are that here too.
for link in /lib /lib32 /lib64 /libx32 /bin /sbin; do
  [ -L "$link" ] || continue
  mkdir -p "$target$(readlink -f "$link")"
  [ -L "$target$link" ] || ln -s "$(readlink "$link")" "$target$link"
done

for file in "$@"; do
  place "$file"
  ldd "$file" | grep -o '/[^ ]*' | while read -r library; do place "$library"; done
done
