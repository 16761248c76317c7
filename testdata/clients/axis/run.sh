#!/bin/sh
# Builds the client from a saved copy of the WSDL of the running server, as
# users of Axis do, in a folder of its own, and runs it.
# Usage: run.sh http://127.0.0.1:PORT/?wsdl
set -eu
here=$(cd "$(dirname "$0")" && pwd)
built=$(mktemp -d)
trap 'rm -rf "$built"' EXIT
cd "$built"
for jar in axis jaxrpc saaj commons-logging commons-discovery wsdl4j javax.mail javax.activation; do
	path="${path+$path:}/usr/share/java/$jar.jar"
done
# The virtual machines are short-lived: no time for the second compiler.
java="java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
curl --silent --fail -o provisioning.wsdl "$1"
$java -cp "$path" org.apache.axis.wsdl.WSDL2Java -o made provisioning.wsdl
javac -J-XX:TieredStopAtLevel=1 -encoding UTF-8 -nowarn -cp "$path" -d classes -sourcepath "made:$here/../java" "$here/Client.java"
$java -cp "classes:$path" Client "${1%%\?*}"
