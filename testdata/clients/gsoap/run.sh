#!/bin/sh
# Builds the client from the WSDL of the running server, as gSOAP's users do,
# in a folder of its own, and runs it. Usage: run.sh http://127.0.0.1:PORT/?wsdl
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
cd "$built"
wsdl2h -v -t "$here/typemap.dat" -o provisioning.h "$1" >wsdl2h.log 2>&1 || { cat wsdl2h.log; exit 1; }
soapcpp2 -1 -C -L -j -w -x provisioning.h >soapcpp2.log 2>&1 || { cat soapcpp2.log; exit 1; }
for source in soapC.cpp soapProvisioningBindingProxy.cpp "$here/client.cpp"; do
	g++ -O0 -I. -I"$here/../cpp" -c "$source" &
	compilers="${compilers-} $!"
done
for compiler in $compilers; do
	wait "$compiler"
done
g++ -o client *.o -lgsoap++ -lcrypto
./client "${1%%\?*}"
