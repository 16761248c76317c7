#!/bin/sh
# Builds the canned server, from the WSDL in the working folder, into ./canned.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
wsdl2h -c -v -t "$here/../../../../testdata/clients/gsoap/typemap.dat" -o provisioning.h provisioning.wsdl
soapcpp2 -S -c -L -w -x provisioning.h
gcc -O2 -w -I. -o canned "$here/canned.c" soapC.c soapServer.c -lgsoap -lpthread
