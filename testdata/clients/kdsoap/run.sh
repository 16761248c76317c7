#!/bin/sh
# Builds the client from a saved copy of the WSDL of the running server, as
# users of KDSoap do, in a folder of its own, and runs it.
# Usage: run.sh http://127.0.0.1:PORT/?wsdl
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
cd "$built"
curl --silent --fail -o provisioning.wsdl "$1"
kdwsdl2cpp -o provisioning.h provisioning.wsdl >kdwsdl2cpp.log 2>&1 || { cat kdwsdl2cpp.log; exit 1; }
if grep -i download kdwsdl2cpp.log; then
	echo "kdwsdl2cpp wants more than the saved WSDL" >&2
	exit 1
fi
kdwsdl2cpp -impl provisioning.h -o provisioning.cpp provisioning.wsdl >kdwsdl2cpp.log 2>&1
"$(pkg-config --variable=host_bins Qt5Core)/moc" provisioning.h -o moc_provisioning.cpp
flags="-O0 -fPIC -I. -I$here/../cpp -I/usr/include/KDSoapClient $(pkg-config --cflags Qt5Network Qt5Xml)"
for source in provisioning.cpp moc_provisioning.cpp "$here/client.cpp"; do
	# shellcheck disable=SC2086 # a list of words
	g++ $flags -c "$source" &
	compilers="${compilers-} $!"
done
for compiler in $compilers; do
	wait "$compiler"
done
# shellcheck disable=SC2046 # a list of words
g++ -o client *.o -lkdsoap $(pkg-config --libs Qt5Network Qt5Xml) -lcrypto
./client "${1%%\?*}"
