#!/bin/sh
# check_units.sh FOLDER PROGRAM: systemd's own check of the units, with the program where it was built.
set -eu
if ! command -v systemd-analyze >/dev/null; then
  echo "skipped: there is no systemd-analyze"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for unit in "$1"/*; do
  sed "s|/usr/local/bin/duolex|$2|" "$unit" >"$folder/$(basename "$unit")"
done
said=$(systemd-analyze verify "$folder"/*.service "$folder"/*.timer 2>&1) || { echo "$said"; exit 1; }
# What it does not know it only mentions.
if [ -n "$said" ]; then echo "$said"; exit 1; fi
