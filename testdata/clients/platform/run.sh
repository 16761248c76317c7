#!/bin/sh
# Compiles the driver in a folder of its own and runs it.
# Usage: run.sh http://127.0.0.1:PORT KEY
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
# The virtual machines are short-lived: no time for the second compiler.
javac -J-XX:TieredStopAtLevel=1 -encoding UTF-8 -nowarn -d "$built" -sourcepath "$here:$here/../java" "$here/Driver.java"
java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Djava.awt.headless=true -cp "$built" Driver "$@"
